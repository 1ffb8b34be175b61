# file: locks.py
import threading


class ProcessLock:
    def __init__(self, file):
        self.file = file
        self.threads = threading.Lock()
        self.count = 0

    def acquire(self):
        self.threads.acquire()
        if self.count == 0:
            self.file.lock()
        self.count += 1

    def release(self):
        self.count -= 1
        if self.count == 0:
            self.file.unlock()
        self.threads.release()
