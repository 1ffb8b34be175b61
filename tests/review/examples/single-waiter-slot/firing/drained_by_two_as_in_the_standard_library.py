# file: streams.py
# The shape of a stream that two tasks could not drain.
class Protocol:
    def __init__(self, loop):
        self._loop = loop
        self._waiter = None

    async def drain(self):
        waiter = self._waiter
        assert waiter is None or waiter.cancelled()
        waiter = self._loop.create_future()
        self._waiter = waiter  # here
        await waiter

    def resume(self):
        self._waiter.set_result(None)
