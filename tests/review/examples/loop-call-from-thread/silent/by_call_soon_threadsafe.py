# file: watcher.py
import asyncio
import threading


class Watcher:
    def __init__(self):
        self.changed = asyncio.Event()
        self.loop = asyncio.get_running_loop()

    def _poll(self):
        self.loop.call_soon_threadsafe(self.changed.set)
        asyncio.run_coroutine_threadsafe(self.report(), self.loop)
        if self.loop.is_running() and not self.changed.is_set():
            print("later")

    async def report(self):
        self.changed.clear()

    async def watch(self):
        threading.Thread(target=self._poll).start()
        await self.changed.wait()
