# file: statistics.py
class Meter:
    def __init__(self):
        self.bytes = 0

    async def read(self, stream):
        part = await stream.read()
        self.bytes += len(part)

    async def write(self, stream, data):
        await stream.write(data)
        before = self.bytes
        self.bytes = before + len(data)
