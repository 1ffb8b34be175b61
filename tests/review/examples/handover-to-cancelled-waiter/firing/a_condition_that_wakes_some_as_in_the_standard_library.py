# file: condition.py
# The shape of a condition that lost a notification with the task that was notified.
import asyncio


class Condition:
    def __init__(self):
        self._waiters = []

    async def wait(self):
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter  # here
            return True
        finally:
            self._waiters.remove(waiter)

    def notify(self, n=1):
        woken = 0
        for waiter in self._waiters:
            if woken >= n:
                break
            if not waiter.done():
                woken += 1
                waiter.set_result(False)
