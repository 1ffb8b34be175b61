# file: watcher.py
import asyncio
import threading


class Watcher:
    def __init__(self, client):
        self.loop = asyncio.get_running_loop()
        self.client = client

    def poll(self):
        self.loop.call_soon(print, 1)  # soon
        self.loop.create_task(self.client.look())

    def watch(self):
        threading.Thread(target=self.poll).start()
