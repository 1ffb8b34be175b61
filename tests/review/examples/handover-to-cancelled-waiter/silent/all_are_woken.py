# file: event.py
import asyncio


class Event:
    def __init__(self):
        self._waiters = []

    async def wait(self):
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        finally:
            self._waiters.remove(waiter)

    def set(self):
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(True)


class Others:
    def __init__(self):
        self._waiters = []

    def wake_one(self):
        if self._waiters:
            self._waiters.pop().set_result(True)
