# file: pool.py
class Pool:
    async def use(self, connection, work):
        await self.slots.acquire()
        try:
            return await work(connection)
        finally:
            await connection.reset()  # here
            self.slots.release()
