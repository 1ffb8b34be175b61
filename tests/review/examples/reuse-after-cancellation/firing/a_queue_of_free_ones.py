# file: pool.py
class Pool:
    async def ask(self, question):
        session = await self.free.get()
        try:
            return await session.request(question)  # here
        finally:
            self.free.put_nowait(session)
