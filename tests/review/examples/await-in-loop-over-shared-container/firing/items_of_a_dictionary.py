# file: pool.py
class Pool:
    def __init__(self):
        self.connections = {}

    def forget(self, host):
        del self.connections[host]

    async def ping(self):
        for host, connection in self.connections.items():  # here
            async with connection.lock:
                connection.send(host)
