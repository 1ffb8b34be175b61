# file: pool.py
# The shape of a pool that makes a connection, and looks again before it keeps it.
class Pool:
    def __init__(self, make):
        self.make = make
        self.kept = {}

    async def get(self, host):
        if host not in self.kept:
            made = await self.make(host)
            if host not in self.kept:
                self.kept[host] = made
            else:
                await made.close()
        return self.kept[host]
