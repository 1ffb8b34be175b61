# file: background.py
import asyncio


async def start(work):
    loop = asyncio.get_running_loop()
    running = loop.create_task(work())  # here
    running.add_done_callback(print)
    print("started")
