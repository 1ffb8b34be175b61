# file: server.py
import asyncio


class Server:
    def __init__(self):
        self.clients = set()

    def leave(self, client):
        self.clients.remove(client)

    async def broadcast(self, text):
        tasks = []
        for client in self.clients:
            tasks.append(asyncio.create_task(client.send(text)))

            async def later():
                await client.send(text)

            tasks.append(later)
        await asyncio.wait(tasks)

    async def first(self):
        for client in self.clients:
            if client.is_open:
                return await client.receive()
        for client in self.clients:
            if client.is_ready:
                await client.receive()
                break
