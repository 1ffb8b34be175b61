# file: counting.py
import asyncio

total = 0


async def work():
    global total
    total += 1


async def run():
    await asyncio.gather(work(), work())
