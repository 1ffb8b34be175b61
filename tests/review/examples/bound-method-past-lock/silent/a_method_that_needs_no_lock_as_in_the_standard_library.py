# file: zipfile.py
class _SharedFile:
    def __init__(self, file, pos, lock):
        self._file = file
        self._pos = pos
        self._lock = lock
        self.seekable = file.seekable

    def tell(self):
        return self._pos

    def read(self, n=-1):
        with self._lock:
            self._file.seek(self._pos)
            data = self._file.read(n)
            self._pos = self._file.tell()
            return data
