# file: pool.py
import asyncio

import anyio


class Pool:
    async def use(self, connection, work):
        try:
            return await work(connection)
        finally:
            await asyncio.shield(connection.reset())
            self.slots.release()

    async def lend(self, connection, work):
        try:
            return await work(connection)
        finally:
            with anyio.CancelScope(shield=True):
                await connection.reset()
            self.slots.release()
