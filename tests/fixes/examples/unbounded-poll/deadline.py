import time
import unittest


def test_the_service_starts(service):
    service.start()

    # Until it is there.
    while not service.is_ready():  # soon
        # Not yet.
        time.sleep(0.1)
    assert service.ask() == 1


class ServiceTest(unittest.TestCase):
    def test_it(self):
        while not self.service.is_ready():
            time.sleep(0.1)
        self.assertEqual(self.service.ask(), 1)
