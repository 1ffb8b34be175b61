# file: heartbeat.py
import asyncio


async def beat(connection):
    while True:
        try:
            await connection.ping()
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            break
    await connection.close()


async def watch(connection):
    try:
        while True:
            await connection.changed()
    except asyncio.CancelledError:
        print("no longer watched")
