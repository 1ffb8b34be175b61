# file: counter.py
import threading


class Counter:
    def __init__(self):
        self.value = 0
        self.guard = threading.Lock()

    def work(self):
        with self.guard:
            self.value += 1

    def twice(self):
        self.value += 2

    def run(self):
        threads = [threading.Thread(target=self.work) for _ in range(4)]
        threads += [threading.Thread(target=self.twice) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.value
