# file: locks.py
class TableLock:
    def __init__(self, connection):
        self.connection = connection
        self.entries = 0

    async def __aenter__(self):
        if self.entries == 0:  # here
            await self.connection.acquire("table")
        self.entries += 1

    async def __aexit__(self, *about):
        self.entries -= 1
        if self.entries == 0:
            await self.connection.release("table")
