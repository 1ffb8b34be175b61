# file: client.py
# The shape of a client of a store whose users read the answers to each other's commands.
class Client:
    async def execute(self, *words):
        connection = self.connection or await self.pool.get_connection()
        try:
            return await connection.retry.call_with_retry(words)  # here
        finally:
            if not self.connection:
                await self.pool.release(connection)
