# file: service/limits.py
import asyncio

used = 0


async def use(number, save):
    global used
    lock = asyncio.Lock()
    async with lock:  # here
        before = used
        await save(before + number)
        used = before + number
