# file: serial.py
# The shape of a driver whose reading thread hands lines to coroutines.
import asyncio
import threading


class Port:
    def __init__(self, device):
        self.device = device
        self.lines = asyncio.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.device:
            self.lines.put_nowait(line)  # here

    async def line(self):
        return await self.lines.get()
