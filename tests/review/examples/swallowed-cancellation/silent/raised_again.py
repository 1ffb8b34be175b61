# file: service.py
import asyncio


async def serve(queue, handle):
    while True:
        try:
            await handle(await queue.get())
        except asyncio.CancelledError:
            queue.close()
            raise
        except Exception as error:
            print(error)
