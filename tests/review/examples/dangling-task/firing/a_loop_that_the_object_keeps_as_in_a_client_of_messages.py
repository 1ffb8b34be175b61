# file: transport.py
# The shape of a transport that starts its reader when the connection is made.
import asyncio


class Transport:
    def __init__(self):
        self.loop = asyncio.get_event_loop()

    def connection_made(self, reader):
        self.loop.create_task(self.read(reader))  # here

    async def read(self, reader):
        while await reader.readline():
            pass
