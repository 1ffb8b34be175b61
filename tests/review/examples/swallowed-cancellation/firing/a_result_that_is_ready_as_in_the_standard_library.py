# file: waiting.py
# The shape of a wait with a timeout that lost a cancellation when the result came in the same turn.
import asyncio


async def wait_for(work, seconds):
    loop = asyncio.get_running_loop()
    waiter = loop.create_future()
    loop.call_later(seconds, waiter.set_result, None)
    work.add_done_callback(lambda _: waiter.done() or waiter.set_result(None))
    try:
        await waiter
    except asyncio.CancelledError:  # here
        if work.done():
            return work.result()
        work.cancel()
        raise
    return work.result()
