# file: counters.py
import asyncio

served = 0


async def serve(reader):
    global served
    before = served  # here
    await asyncio.sleep(0)
    served = before + 1
