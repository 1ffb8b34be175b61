# file: counter.py
"""Counts."""
from concurrent.futures import ThreadPoolExecutor


class Counter:
    def __init__(self):
        self.value = 0

    def work(self):
        for _ in range(1000):
            # One more.
            self.value += 1  # counted

    def run(self):
        with ThreadPoolExecutor() as pool:
            for _ in range(4):
                pool.submit(self.work)
        return self.value
