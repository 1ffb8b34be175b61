"""An event loop is one task, and the report says so."""

from __future__ import annotations

import asyncio

import racewright

LOOP = "the order in which an event loop of asyncio runs its own tasks"


def test_what_an_event_loop_orders_itself_is_named_as_not_controlled() -> None:
    async def pause() -> None:
        await asyncio.sleep(0.01)

    async def both() -> None:
        await asyncio.gather(pause(), pause())

    def program() -> None:
        asyncio.run(both())
        asyncio.run(both())

    exploration = racewright.explore(program, schedules=3, isolation="none", save=False)
    assert exploration.outcome == "inconclusive"
    assert [item for item in exploration.uncontrolled if "asyncio" in item] == [LOOP]
