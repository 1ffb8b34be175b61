import unittest
from unittest import mock

import service


class ServiceTest(unittest.TestCase):
    def setUp(self):
        # The clock stands still.
        patcher = mock.patch("service.clock.now", return_value=5)
        self.now = patcher.start()
        self.addCleanup(patcher.stop)
        patcher_2 = mock.patch.object(
            service,
            "log",  # silent
        )
        patcher_2.start()
        self.addCleanup(patcher_2.stop)

    def test_fake(self):
        patcher = 3
        patcher_2 = mock.patch.object(service.clock, "read", mock.Mock())
        patcher_2.start()
        self.addCleanup(patcher_2.stop)
        self.assertEqual(service.time(), patcher)
