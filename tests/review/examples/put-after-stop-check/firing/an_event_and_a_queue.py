# file: service/mailbox.py
import queue
import threading


class Mailbox:
    def __init__(self):
        self._stopped = threading.Event()
        self._letters = queue.Queue()

    def send(self, letter):
        if self._stopped.is_set():  # here
            raise RuntimeError("nobody reads any more")
        self._letters.put(letter)

    def run(self):
        while not self._stopped.is_set():
            letter = self._letters.get()
            if letter is None:
                break
            letter.deliver()

    def stop(self):
        self._stopped.set()
        self._letters.put(None)
