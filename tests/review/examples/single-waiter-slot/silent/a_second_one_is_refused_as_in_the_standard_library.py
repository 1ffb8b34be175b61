# file: streams.py
# The shape of a reader that says that one task at a time may wait for data.
class Reader:
    def __init__(self, loop):
        self._loop = loop
        self._waiter = None

    async def wait(self):
        if self._waiter is not None:
            raise RuntimeError("already waiting")
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
