# file: auth.py
import threading


class HTTPDigestAuth(AuthBase):
    def __init__(self, username, password):
        self.username = username
        self.password = password
        self._thread_local = threading.local()

    def handle_401(self, r, **kwargs):
        if self._thread_local.pos is not None:
            r.request.body.seek(self._thread_local.pos)
        return r

    def __call__(self, r):
        try:
            self._thread_local.pos = r.body.tell()
        except AttributeError:
            self._thread_local.pos = None
        r.register_hook("response", self.handle_401)
        return r
