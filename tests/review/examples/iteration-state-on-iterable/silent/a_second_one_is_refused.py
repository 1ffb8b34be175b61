# file: pages.py
class Pages:
    def __init__(self):
        self.page = None

    def __aiter__(self):
        if self.page is not None:
            raise RuntimeError("it is being gone over")
        self.page = 0
        return self

    async def __anext__(self):
        self.page += 1
        return await self.get(self.page)


class Counted:
    def __aiter__(self):
        self.iterations = 1
        return self

    async def __anext__(self):
        return await self.get()
