import time
import unittest


class TestWait(unittest.TestCase):
    def test_it_waits(self):
        began = time.monotonic()
        self.event.wait(0.5)
        took = time.monotonic() - began
        self.assertGreaterEqual(took, 0.4)
        assert took > 0.1

    def test_it_does_not_hang(self):
        began = time.monotonic()
        self.service.stop()
        self.assertLess(time.monotonic() - began, 60)
