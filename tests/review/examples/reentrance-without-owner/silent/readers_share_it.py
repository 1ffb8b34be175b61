# file: locks.py
class ReadLock:
    def __init__(self, writers):
        self.writers = writers
        self.readers = 0

    def acquire(self):
        if self.readers == 0:
            self.writers.acquire()
        self.readers += 1

    def release(self):
        self.readers -= 1
        if self.readers == 0:
            self.writers.release()
