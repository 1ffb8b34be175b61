# file: counting.py
import threading


class Counter:
    def __init__(self):
        self.value = 0

    def work(self):
        self.value += 1  # here

    def start(self):
        for _ in range(4):
            threading.Thread(target=self.work).start()
