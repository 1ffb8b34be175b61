# file: service/stock.py
import threading


class Stock:
    def __init__(self):
        self.read_lock = threading.Lock()
        self.write_lock = threading.Lock()
        self.count = 0

    def add(self, number):
        with self.write_lock:
            self.count += number

    def remove(self, number):
        with self.write_lock:
            self.count -= number

    def correct(self, number):
        with self.read_lock:
            self.count = number  # here
