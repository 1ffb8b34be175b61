# file: both.py
import asyncio


async def both(one, two):
    first = asyncio.create_task(one())
    first.add_done_callback(print)
    second = asyncio.create_task(two())
    second.add_done_callback(print)
    await asyncio.wait({first})
    return second


def kept_by_a_function(work):
    task = asyncio.ensure_future(work())
    task.add_done_callback(print)
    return lambda: task.cancel()
