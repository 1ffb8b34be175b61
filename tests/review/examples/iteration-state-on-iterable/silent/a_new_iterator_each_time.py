# file: pages.py
class Pages:
    def __aiter__(self):
        return PagesIterator(self)


class PagesIterator:
    def __init__(self, pages):
        self.pages = pages
        self.page = 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.page += 1
        return await self.pages.get(self.page)
