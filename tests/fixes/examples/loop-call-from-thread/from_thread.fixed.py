# file: watcher.py
import asyncio
import threading


class Watcher:
    def __init__(self, client):
        self.loop = asyncio.get_running_loop()
        self.client = client

    def poll(self):
        self.loop.call_soon_threadsafe(print, 1)  # soon
        asyncio.run_coroutine_threadsafe(self.client.look(), self.loop)

    def watch(self):
        threading.Thread(target=self.poll).start()
