# file: watcher.py
import asyncio
import threading


class Watcher:
    def __init__(self):
        self.lock = threading.Lock()
        self.gate = asyncio.Lock()
        self.items = []
        self.callbacks = []

    def snapshot(self):
        with self.lock:
            yield from self.items

    async def reload(self):
        async with self.gate:
            self.items.clear()

    def start(self):
        with self.lock:
            self.callbacks.append(self.stop)
            self.callbacks.append(lambda: self.stop())
            threading.Thread(target=self.stop).start()
            return self.snapshot()

    async def begin(self):
        async with self.gate:
            return asyncio.create_task(self.reload())

    def stop(self):
        with self.lock:
            self.callbacks.clear()
