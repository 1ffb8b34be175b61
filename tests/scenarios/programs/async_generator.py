"""An asynchronous generator: what is sent and thrown into it arrives, and its body is held."""

import asyncio

from racewright import after, before

OUTCOME = "happened"
RESULT = ["noted", 1, "sent 5", "caught", "closed"]
PASSED = ["noter", "reader"]


class Source:
    def __init__(self):
        self.log = []

    async def items(self):
        try:
            sent = yield 1
            try:
                yield f"sent {sent}"
            except KeyError:
                yield "caught"
        finally:
            self.log.append("closed")

    async def note(self):
        self.log.append("noted")

    async def read(self):
        items = self.items()
        self.log.append(await items.__anext__())
        self.log.append(await items.asend(5))
        self.log.append(await items.athrow(KeyError()))
        await items.aclose()


def points():
    return (after(Source.note), before(Source.items))


async def main(asked):
    source = Source()
    async with asked:
        await asyncio.gather(
            asyncio.create_task(source.read(), name="reader"),
            asyncio.create_task(source.note(), name="noter"),
        )
    return source.log


def run_with(asked):
    return asyncio.run(main(asked))
