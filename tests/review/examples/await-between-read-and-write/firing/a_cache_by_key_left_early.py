# file: names.py
class Names:
    def __init__(self, server):
        self.server = server
        self.known = {}

    async def resolve(self, host):
        if host in self.known:  # here
            return self.known[host]
        address = await self.server.ask(host)
        self.known[host] = address
        return address
