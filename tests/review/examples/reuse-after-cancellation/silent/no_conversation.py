# file: limits.py
class Limits:
    async def use(self, work):
        slot = await self.slots.acquire()
        try:
            return await work()
        finally:
            self.slots.release(slot)
