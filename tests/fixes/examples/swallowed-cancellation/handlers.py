# file: serve.py
import asyncio


async def serve(queue, handle):
    while True:
        item = await queue.get()
        try:
            await handle(item)
        except BaseException as error:  # whatever it is
            print("failed:", error)


async def serve_all(queue, handle):
    while True:
        item = await queue.get()
        try:
            await handle(item)
        except:
            print("failed")


async def serve_on(queue, handle):
    while True:
        try:
            await handle(queue)
        except asyncio.CancelledError:
            print("stopped")
