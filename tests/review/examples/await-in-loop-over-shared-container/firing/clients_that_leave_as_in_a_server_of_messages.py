# file: server.py
# The shape of a server that sends to all who are connected.
class Server:
    def __init__(self):
        self.clients = set()

    async def serve(self, client):
        self.clients.add(client)
        try:
            await client.closed()
        finally:
            self.clients.remove(client)

    async def broadcast(self, text):
        for client in self.clients:  # here
            if client.is_open:
                await client.send(text)
