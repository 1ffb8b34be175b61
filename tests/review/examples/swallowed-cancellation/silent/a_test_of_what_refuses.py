# file: tests/test_waiting.py
import asyncio


async def refuse():
    while True:
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            pass
