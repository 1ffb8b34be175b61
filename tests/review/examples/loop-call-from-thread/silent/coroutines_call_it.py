# file: watcher.py
import asyncio
import threading


class Watcher:
    def __init__(self):
        self.changed = asyncio.Event()
        self.lines = []

    def _poll(self):
        self.lines.append("changed")

    async def watch(self):
        threading.Thread(target=self._poll).start()
        self.changed.set()
        asyncio.get_running_loop().call_soon(print, self.lines)
