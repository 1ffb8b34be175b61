# file: service/leader.py
class Leader:
    def __init__(self, client, name):
        self.client = client
        self.key = f"leader:{name}"

    def take(self):
        return bool(self.client.set(self.key, "me", ex=15, nx=True))

    def give_back(self):
        self.client.delete(self.key)  # here


class AsyncLeader:
    def __init__(self, client):
        self.client = client

    async def take(self):
        return await self.client.set("leader", "me", nx=True, ex=15)

    async def give_back(self):
        await self.client.delete("leader")  # here
