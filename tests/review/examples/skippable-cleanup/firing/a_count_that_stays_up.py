# file: buffer.py
class Buffer:
    async def process(self, data, size):
        try:
            await self.write(data)
        finally:
            if size:
                await self.limiter.decrease(size)  # here
            self.memory -= size
