# file: query.py
class Query:
    def __aiter__(self):
        self._rows = iter(self.fetch())  # here
        return self

    async def __anext__(self):
        for row in self._rows:
            return row
        raise StopAsyncIteration
