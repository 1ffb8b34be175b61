# file: pages.py
class Pages:
    def __init__(self, client):
        self.client = client

    def __aiter__(self):
        self.page = 0  # here
        return self

    async def __anext__(self):
        self.page += 1
        found = await self.client.get(self.page)
        if not found:
            raise StopAsyncIteration
        return found
