# file: service/counter.py
import threading


class Counter:
    def __init__(self):
        self.lock = threading.Lock()
        self.value = 0

    def add(self, amount):
        self.lock.acquire()
        try:
            self.value += int(amount)
            self.lock.release()
        finally:
            self.lock.release()  # here
