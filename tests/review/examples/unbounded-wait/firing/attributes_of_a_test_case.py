import threading
import unittest


class TestServer(unittest.TestCase):
    def setUp(self):
        self.ready = threading.Event()

    def test_it(self):
        self.server.start(self.ready)
        self.ready.wait()  # here
