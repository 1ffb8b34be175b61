# file: locks.py
class CountedLock:
    def __init__(self, lock):
        self.lock = lock
        self.taken = 0

    def acquire(self):
        self.lock.acquire()
        self.taken += 1

    def release(self):
        self.taken -= 1
        if self.taken < 0:
            raise RuntimeError("not held")
        self.lock.release()
