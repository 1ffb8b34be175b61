# file: auth.py
class HTTPDigestAuth(AuthBase):
    def __init__(self, username, password):
        self.username = username
        self.password = password
        self.last_nonce = ""
        self.pos = None

    def handle_401(self, r, **kwargs):
        if self.pos is not None:
            r.request.body.seek(self.pos)
        prep = r.request.copy()
        prep.headers["Authorization"] = self.build_digest_header(prep.method, prep.url)
        return r.connection.send(prep, **kwargs)

    def __call__(self, r):
        if self.last_nonce:
            r.headers["Authorization"] = self.build_digest_header(r.method, r.url)
        try:
            self.pos = r.body.tell()  # here
        except AttributeError:
            self.pos = None
        r.register_hook("response", self.handle_401)
        return r
