# file: service/database.py
import threading

from service.wire import connect


class Wrapper:
    def __init__(self):
        self._share_lock = threading.Lock()
        self._shares = 0
        self.connection = None

    def allow_sharing(self):
        with self._share_lock:
            self._shares += 1

    def cursor(self):
        if self.connection is None:  # of the thread that has made the wrapper
            self.connection = connect()
        return self.connection.cursor()
