# file: server.py
# The shape that the manual of a library for websockets shows.
class Server:
    def __init__(self):
        self.clients = set()

    def leave(self, client):
        self.clients.remove(client)

    async def broadcast(self, text):
        for client in list(self.clients):
            await client.send(text)
        for client in self.clients.copy():
            await client.send(text)
        for client in [each for each in self.clients if each.is_open]:
            await client.send(text)
