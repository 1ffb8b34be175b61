# file: service/writer.py
# The thread goes on while the handler waits, and releases the lock.
import queue
import signal
import threading


class Writer:
    def __init__(self):
        self.lock = threading.Lock()
        self.lines = queue.Queue()
        threading.Thread(target=self._run, daemon=True).start()
        signal.signal(signal.SIGTERM, self._stop)

    def _run(self):
        while True:
            line = self.lines.get()
            with self.lock:
                print(line)

    def _stop(self, number, frame):
        self.lines.put(None)
        with self.lock:
            print("stopped")
