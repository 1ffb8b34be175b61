# file: client/cluster.py
# The kind: a client whose coroutines can be run in a thread of their own.
import asyncio
import threading


class Cluster:
    def __init__(self):
        self.nodes = {}
        self.tasks = set()

    async def run(self):
        self.servers()
        for task in self.tasks:
            task.cancel()

    def servers(self):
        return [node for node in self.nodes.values() if node.is_server]

    def move(self, name):
        self.nodes[name] = self.nodes.pop(name)

    def _forget(self, task):
        self.tasks.discard(task)

    def _main(self):
        asyncio.run(self.run())

    def begin(self):
        threading.Thread(target=self._main).start()
