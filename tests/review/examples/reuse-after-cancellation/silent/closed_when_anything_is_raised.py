# file: client.py
class Client:
    async def execute(self, *words):
        connection = await self.pool.take()
        try:
            return await connection.execute(words)
        except BaseException:
            connection.abort()
            raise
        finally:
            await self.pool.release(connection)
