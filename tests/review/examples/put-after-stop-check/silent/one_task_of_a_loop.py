# file: service/stream.py
import asyncio


class Stream:
    def __init__(self):
        self.closed = False
        self.items = asyncio.Queue()

    def send_nowait(self, item):
        if self.closed:
            raise RuntimeError("closed")
        self.items.put_nowait(item)

    def close(self):
        self.closed = True
        while not self.items.empty():
            self.items.get_nowait()
