# file: service/writer.py
# The kind: a scheduler's main loop, and one with a limit.
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
            self.wake.clear()
            while self.pending:
                self.file.write(self.pending.pop(0))

    def poll(self):
        while True:
            self.wake.wait(1)
            while self.pending:
                self.file.write(self.pending.pop(0))
            self.wake.clear()
