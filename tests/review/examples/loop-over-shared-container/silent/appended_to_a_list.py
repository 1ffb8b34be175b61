# file: service/log.py
import threading


class Log:
    def __init__(self):
        self.lines = []
        threading.Thread(target=self._write, daemon=True).start()

    def append(self, line):
        self.lines.append(line)

    def _write(self):
        for line in self.lines:
            print(line)
