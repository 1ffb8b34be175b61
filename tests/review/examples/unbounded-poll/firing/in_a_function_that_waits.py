import asyncio
import time
import unittest


def wait_for_state(server, state):
    while server.state != state:  # here
        time.sleep(0.1)
        server.refresh()


class TestServer(unittest.TestCase):
    def setUp(self):
        self.server.start()
        while not self.server.is_ready:  # here
            time.sleep(0.1)


async def test_it(server):
    while server.jobs or server.waiting:  # here
        await asyncio.sleep(0)
