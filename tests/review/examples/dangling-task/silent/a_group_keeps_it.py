# file: group.py
import asyncio


class Crawler:
    def __init__(self, group: asyncio.TaskGroup):
        self.group = group

    def visit(self, page):
        self.group.create_task(page.load())


async def crawl(pages):
    async with asyncio.TaskGroup() as group:
        for page in pages:
            task = group.create_task(page.load())
            task.add_done_callback(print)
