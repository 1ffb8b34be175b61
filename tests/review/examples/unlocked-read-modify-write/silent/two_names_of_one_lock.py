# file: counting.py
import threading


class Counter:
    def __init__(self):
        self.a = self.b = threading.Lock()
        self.value = 0

    def one(self):
        with self.a:
            self.value += 1

    def two(self):
        with self.b:
            self.value += 1

    def start(self):
        threading.Thread(target=self.one).start()
        threading.Thread(target=self.two).start()
