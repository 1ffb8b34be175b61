# file: resolver.py
import asyncio
from concurrent.futures import ThreadPoolExecutor


class Resolver:
    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.pool = ThreadPoolExecutor()

    def resolve(self, host, found):
        self.pool.submit(self._look_up, host, found)

    def _look_up(self, host, found):
        self.loop.call_soon(found, host)  # here
