# file: files.py
import threading


class Spool:
    def __init__(self, lock):
        self.lock = lock  # nobody says of which kind
        self.done = threading.Event()

    async def write(self, path, channel):
        with open(path, "wb") as file:
            file.write(await channel.read())
        with self.lock:
            await channel.close()
