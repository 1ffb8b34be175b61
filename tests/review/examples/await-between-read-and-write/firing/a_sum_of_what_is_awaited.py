# file: statistics.py
class Meter:
    def __init__(self):
        self.bytes = 0

    async def read(self, stream):
        self.bytes += await stream.read_into(self.buffer)  # here
