# As functional tests, whose base class sets a timeout for each test.
import time

from service import test


class TestServer(test.TestCase):
    def test_it(self):
        while not self.api.servers():
            time.sleep(0.1)
