# file: heartbeat.py
import asyncio


async def beat(connection):
    while True:
        try:
            await connection.ping()
            await asyncio.sleep(10)
        except (OSError, asyncio.CancelledError):  # here
            connection.missed += 1
