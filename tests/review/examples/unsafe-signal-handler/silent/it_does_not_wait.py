# file: service/reload.py
import asyncio
import signal
import threading


class Service:
    def __init__(self):
        self.lock = threading.Lock()
        self.own = threading.Lock()
        signal.signal(signal.SIGHUP, self.reload)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.stop)

    def work(self):
        with self.lock:
            return 1

    def reload(self, number, frame):
        if self.lock.acquire(blocking=False):
            self.lock.release()
        with self.own:
            return

    def stop(self):
        with self.lock:
            return
