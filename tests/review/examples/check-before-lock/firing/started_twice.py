# file: service/sender.py
import threading


class Sender:
    def __init__(self):
        self.lock = threading.Lock()
        self.is_started = False
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        pass

    def ensure_started(self):
        if not self.is_started:  # here
            with self.lock:
                self.is_started = True
                self.thread.start()
