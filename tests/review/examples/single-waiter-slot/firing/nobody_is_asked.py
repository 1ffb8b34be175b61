# file: device.py
import asyncio


class Device:
    async def answer(self, question):
        self.port.write(question)
        self.pending = asyncio.get_running_loop().create_future()  # here
        return await self.pending

    def received(self, line):
        self.pending.set_result(line)
