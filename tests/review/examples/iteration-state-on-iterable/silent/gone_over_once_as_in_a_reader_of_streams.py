# file: reader.py
# The shape of a stream: it is its own iterator, as it can be read only once.
class Reader:
    def __aiter__(self):
        return self

    async def __anext__(self):
        line = await self.readline()
        if line == b"":
            raise StopAsyncIteration
        return line
