# file: locks.py
import fcntl
import os


class DirectoryLock:
    def __init__(self, path):
        self.path = path
        self.descriptor = None
        self.depth = 0

    def __enter__(self):
        if self.depth > 0:  # here
            self.depth = self.depth + 1
            return self
        self.descriptor = os.open(self.path, os.O_RDWR)
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)
        self.depth = 1
        return self

    def __exit__(self, *about):
        self.depth = self.depth - 1
        if not self.depth:
            os.close(self.descriptor)
