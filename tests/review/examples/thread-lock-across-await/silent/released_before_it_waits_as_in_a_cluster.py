# file: completed.py
# The shape of a client that threads and coroutines share: a look under the lock, then the wait.
import threading


class Completed:
    def __init__(self):
        self.lock = threading.Lock()
        self.futures = {}

    async def track(self, future):
        with self.lock:
            self.futures[future] = None
        await future
        with self.lock:
            del self.futures[future]

    async def track_by_hand(self, future):
        self.lock.acquire()
        self.futures[future] = None
        self.lock.release()
        await future
