"""A task is cancelled while it is held: its point is free again, and another comes to it."""

import asyncio

from racewright import after, before

OUTCOME = "happened"
RESULT = ["first was cancelled", "opened", "second"]
PASSED = ["opener", "second"]
DROPPED = ["first"]


class Door:
    def __init__(self):
        self.log = []

    async def enter(self):
        self.log.append(asyncio.current_task().get_name())

    async def open(self):
        self.log.append("opened")


def points():
    return (after(Door.open), before(Door.enter))


async def main(asked):
    door = Door()
    async with asked:
        first = asyncio.create_task(door.enter(), name="first")
        while not asked.events:
            await asyncio.sleep(0)
        first.cancel()
        try:
            await first
        except asyncio.CancelledError:
            door.log.append("first was cancelled")
        second = asyncio.create_task(door.enter(), name="second")
        while len(asked.events) < 3:
            await asyncio.sleep(0)
        await asyncio.gather(second, asyncio.create_task(door.open(), name="opener"))
    return door.log


def run_with(asked):
    return asyncio.run(main(asked))
