# As tests of a shutdown: with nothing to do it must not wait for its timeout.
import time
import unittest


class TestShutdown(unittest.TestCase):
    def test_it_ends_at_once(self):
        start = time.monotonic()
        self.service.stop()
        elapsed = time.monotonic() - start
        self.assertTrue(self.service.is_stopped)
        self.assertLess(elapsed, 5)  # here

    def test_it_takes_as_long_as_it_says(self):
        start = time.time()
        self.service.pause(0.5)
        self.assertAlmostEqual(0.5, time.time() - start, delta=0.1)  # here
