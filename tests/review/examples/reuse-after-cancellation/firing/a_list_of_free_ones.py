# file: pool.py
class Pool:
    async def ask(self, question):
        line = await self.take()
        try:
            await line.send(question)  # here
            return await line.receive()
        except OSError:
            self.broken += 1
            raise
        finally:
            self.free.append(line)
