# file: semaphore.py
# The shape of a semaphore that gives back what a cancelled waiter was given.
import asyncio


class Semaphore:
    def __init__(self):
        self._value = 1
        self._waiters = []

    async def acquire(self):
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            try:
                await waiter
            finally:
                self._waiters.remove(waiter)
        except asyncio.CancelledError:
            if not waiter.cancelled():
                self._value += 1
                self._wake_next()
            raise

    def _wake_next(self):
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(True)
                return
