# file: server.py
import asyncio


class Server:
    def __init__(self):
        self.lock = asyncio.Lock()
        self.clients = set()

    async def leave(self, client):
        async with self.lock:
            self.clients.remove(client)

    async def broadcast(self, text):
        async with self.lock:
            for client in self.clients:
                await client.send(text)
