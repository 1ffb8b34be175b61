# file: service/loop.py
import signal
import threading


class Loop:
    def __init__(self):
        self.lock = threading.Lock()
        self.is_stopped = False
        self.wakeup = threading.Event()
        signal.signal(signal.SIGTERM, self.stop)

    def run(self):
        while not self.is_stopped:
            with self.lock:
                self.step()
            self.wakeup.wait(1)

    def step(self):
        if self.is_stopped:
            return

    def stop(self, number, frame):
        self.is_stopped = True
        self.wakeup.set()
