# file: service.py
import asyncio
import logging


async def serve(queue, handle):
    while True:
        try:
            await handle(await queue.get())
        except:  # here
            logging.exception("failed")
            await asyncio.sleep(1)
