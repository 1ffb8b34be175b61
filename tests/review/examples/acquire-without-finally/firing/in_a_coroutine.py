# file: service/session.py
import asyncio


class Session:
    def __init__(self, transport):
        self.transport = transport
        self.busy = asyncio.Lock()

    async def ask(self, question):
        await self.busy.acquire()  # here
        answer = await self.transport.ask(question)
        self.busy.release()
        return answer
