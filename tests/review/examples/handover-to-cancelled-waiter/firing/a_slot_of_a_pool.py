# file: pool.py
import asyncio
from collections import deque


class Pool:
    def __init__(self):
        self.waiting = deque()

    async def get(self):
        turn = asyncio.Future()
        self.waiting.append(turn)
        try:
            return await turn  # here
        finally:
            if turn in self.waiting:
                self.waiting.remove(turn)

    def give_back(self, connection):
        if self.waiting:
            self.waiting.popleft().set_result(connection)
