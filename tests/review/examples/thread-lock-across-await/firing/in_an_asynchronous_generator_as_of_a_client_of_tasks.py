# file: completed.py
# The shape of an iterator over finished work that is used by threads and by coroutines.
import threading


class Completed:
    def __init__(self):
        self.condition = threading.Condition()
        self.results = []

    async def stream(self, source):
        with self.condition:  # here
            async for result in source:
                self.results.append(result)

    async def each(self):
        with self.condition:  # here
            for result in self.results:
                yield result
