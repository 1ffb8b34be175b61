# file: log.py
import threading


class Log:
    def __init__(self, stream):
        self.stream = stream
        self.lock = threading.Lock()
        self.write = stream.write

    def lines(self, lines):
        with self.lock:
            for line in lines:
                self.stream.write(line)

    def flush(self):
        self.stream.flush()
