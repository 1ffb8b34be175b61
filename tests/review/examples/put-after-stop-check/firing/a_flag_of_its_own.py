# file: service/uploads.py
from queue import Empty, Queue


class Uploads:
    def __init__(self):
        self.closed = False
        self.waiting: Queue[str] = Queue()

    @property
    def is_open(self):
        return not self.closed

    def add(self, path):
        if self.is_open:  # here
            self.waiting.put_nowait(path)
        else:
            raise ValueError("closed")

    def close(self):
        self.closed = True
        try:
            while True:
                self.waiting.get_nowait().forget()
        except Empty:
            pass
