# file: stream.py
# The shape of a thread for output that runs a loop made by another library.
import asyncio
import threading


class Stream:
    def __init__(self, io_loop):
        self.io_loop = io_loop
        self.thread = threading.Thread(target=self._main)

    def _main(self):
        def begin():
            self._collecting = asyncio.ensure_future(self._collect())

        self.io_loop.call_later(0, begin)
        self.io_loop.start()
        self._collecting.cancel()

    async def _collect(self):
        await asyncio.sleep(1)
