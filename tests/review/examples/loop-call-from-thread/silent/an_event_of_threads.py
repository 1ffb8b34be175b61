# file: watcher.py
import queue
import threading


class Watcher:
    def __init__(self):
        self.changed = threading.Event()
        self.lines = queue.Queue()

    def _poll(self):
        self.changed.set()
        self.lines.put_nowait("changed")

    def watch(self):
        threading.Thread(target=self._poll).start()
        self.changed.wait(10)
