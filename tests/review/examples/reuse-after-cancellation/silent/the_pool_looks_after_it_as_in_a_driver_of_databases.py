# file: pool.py
# The shape of a pool that resets what comes back to it.
class Pool:
    async def execute(self, query):
        connection = await self.acquire()
        try:
            return await connection.execute(query)
        finally:
            await self.release(connection)

    async def release(self, connection):
        if connection.is_busy:
            await connection.close()
        else:
            self.free.append(connection)
