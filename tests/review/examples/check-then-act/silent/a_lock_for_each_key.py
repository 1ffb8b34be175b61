# file: squares.py
import threading


class Squares:
    def __init__(self):
        self.locks = {}
        self.memo = {}

    def square(self, number):
        with self.locks.setdefault(number, threading.Lock()):
            if number not in self.memo:
                self.memo[number] = number * number
            return self.memo[number]

    def start(self):
        for number in (1, 1, 2):
            threading.Thread(target=self.square, args=(number,)).start()
