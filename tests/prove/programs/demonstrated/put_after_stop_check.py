"""A mailbox that takes a letter after it was emptied for the last time."""

import queue
import threading


class Mailbox:
    def __init__(self):
        self.stopped = threading.Event()
        self.letters = queue.Queue()

    def send(self, letter):
        if self.stopped.is_set():
            raise RuntimeError("nobody reads any more")
        self.letters.put(letter)

    def stop(self):
        self.stopped.set()
        left = []
        while not self.letters.empty():
            left.append(self.letters.get())
        return left
