import threading
import unittest


class TestServer(unittest.TestCase):
    def test_it_stops(self):
        timer = threading.Timer(1.0, self.server.stop)  # here
        timer.start()
        self.server.serve_forever()
