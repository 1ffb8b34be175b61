# file: service/journal.py
import threading


class Journal:
    """The lock is for the file; the count is one thread's own."""

    def __init__(self, file):
        self.lock = threading.Lock()
        self.file = file
        self.count = 0

    def append(self, line):
        with self.lock:
            self.file.write(line)
        self.count += 1

    def append_all(self, lines):
        with self.lock:
            self.file.writelines(lines)
        self.count += len(lines)

    def renumber(self):
        with self.lock:
            self.count = self.file.tell()
