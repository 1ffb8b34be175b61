# file: service/mailbox.py
import queue
import threading


class Mailbox:
    def __init__(self):
        self._stopped = threading.Event()
        self._letters = queue.Queue()

    def send(self, letter):
        if self._stopped.is_set():
            raise RuntimeError("nobody reads any more")
        self._letters.put(letter)
        if self._stopped.is_set():
            self._refuse()

    def _refuse(self):
        while not self._letters.empty():
            self._letters.get_nowait().refuse()

    def stop(self):
        self._stopped.set()
        self._refuse()
