# file: subscription.py
# The shape of a publish/subscribe object that takes a connection from its pool when first used.
class Subscription:
    def __init__(self, pool):
        self.pool = pool
        self.connection = None

    async def connect(self):
        if self.connection is None:  # here
            self.connection = await self.pool.take("subscription")
        return self.connection

    async def subscribe(self, channel):
        await (await self.connect()).send("SUBSCRIBE", channel)
