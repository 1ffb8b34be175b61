# file: journal.py
import threading


class Journal:
    def __init__(self, file):
        self.file = file
        self.lock = threading.Lock()

    def append(self, line):
        # One at a time.
        self.lock.acquire()  # held

        # The line.
        self.file.write(line)
        if line:
            self.file.flush()
        self.lock.release()
        return line
