import time
import unittest


def test_the_service_starts(service):
    service.start()

    # Until it is there.
    deadline = time.monotonic() + 30
    while not service.is_ready():  # soon
        assert time.monotonic() < deadline
        # Not yet.
        time.sleep(0.1)
    assert service.ask() == 1


class ServiceTest(unittest.TestCase):
    def test_it(self):
        deadline = time.monotonic() + 30
        while not self.service.is_ready():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        self.assertEqual(self.service.ask(), 1)
