# file: journal.py
import threading


class Journal:
    def __init__(self, file):
        self.file = file
        self.lock = threading.Lock()

    def append(self, line):
        self.lock.acquire()
        if not self.file.is_open():
            self.lock.release()
            return
        self.file.write(line)
        self.lock.release()
