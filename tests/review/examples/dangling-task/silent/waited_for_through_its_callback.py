# The shape of libraries that run one loop as the guest of another.
import asyncio


async def main(work):
    task = asyncio.ensure_future(work())
    done = asyncio.Event()
    task.add_done_callback(lambda _: done.set())
    await done.wait()
