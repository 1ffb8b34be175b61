# file: service/writer.py
# The kind: a thread that writes what others have put into a list.
import threading


class Writer:
    def __init__(self, file):
        self.file = file
        self.pending = []
        self.wake = threading.Event()

    def put(self, line):
        self.pending.append(line)
        self.wake.set()

    def run(self):
        while True:
            self.wake.wait()
            while self.pending:
                self.file.write(self.pending.pop(0))
            self.wake.clear()  # here
