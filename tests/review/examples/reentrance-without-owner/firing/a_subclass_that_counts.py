# file: locks.py
class RLock(Lock):
    """A lock of a file that may be taken several times."""

    def __init__(self, path):
        super().__init__(path)
        self._acquire_count = 0

    def acquire(self, timeout=None):
        if self._acquire_count >= 1:  # here
            file = self.file
        else:
            file = super().acquire(timeout)
        self._acquire_count += 1
        return file

    def release(self):
        if self._acquire_count == 1:
            super().release()
        self._acquire_count -= 1
