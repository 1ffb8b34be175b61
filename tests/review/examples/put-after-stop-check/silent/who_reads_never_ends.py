# file: service/journal.py
import queue
import threading


class Journal:
    def __init__(self):
        self.closed = threading.Event()
        self.lines = queue.Queue()
        threading.Thread(target=self.write, daemon=True).start()

    def append(self, line):
        if self.closed.is_set():
            raise ValueError("closed")
        self.lines.put(line)

    def write(self):
        while True:
            save(self.lines.get())

    def close(self):
        self.closed.set()
