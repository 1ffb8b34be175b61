# file: client.py
class Connection:
    async def read_response(self):
        try:
            return await self.reader.readline()
        except BaseException:
            self.disconnect()
            raise


class Client:
    async def ask(self, question):
        connection = await self.pool.take()
        try:
            await connection.send(question)
            return await connection.read_response()
        finally:
            await self.pool.release(connection)
