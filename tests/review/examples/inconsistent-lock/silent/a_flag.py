# file: service/worker.py
import threading


class Worker:
    def __init__(self):
        self.lock = threading.Lock()
        self.is_wanted = False

    def ask(self):
        with self.lock:
            if not self.is_wanted:
                self.is_wanted = True

    def ask_again(self):
        with self.lock:
            if not self.is_wanted:
                self.is_wanted = True

    def cancel(self):
        self.is_wanted = False
