# file: retrying.py
# The shape of an object that a program makes once and retries with everywhere.
class Retrying:
    def __aiter__(self):
        self.begin()
        self._state = object()  # here
        return self

    async def __anext__(self):
        if await self.step(self._state) is None:
            raise StopAsyncIteration
        return self._state
