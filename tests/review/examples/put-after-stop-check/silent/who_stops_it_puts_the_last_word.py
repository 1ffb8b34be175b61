# file: service/output.py
import queue
import threading


class Output:
    def __init__(self):
        self.closed = False
        self.texts = queue.Queue()

    def close(self):
        if self.closed:
            raise ValueError("closed")
        self.texts.put(None)
        self.closed = True

    def run(self):
        while (text := self.texts.get()) is not None:
            print(text)
