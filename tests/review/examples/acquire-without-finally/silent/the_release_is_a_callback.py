# file: service/slots.py
import threading


class Slots:
    def __init__(self, pool):
        self.pool = pool
        self.lock = threading.Semaphore(4)

    def run(self, work):
        self.lock.acquire()
        try:
            future = self.pool.submit(work)
        except RuntimeError:
            self.lock.release()
            raise
        future.add_done_callback(lambda done: self.lock.release())
        return future
