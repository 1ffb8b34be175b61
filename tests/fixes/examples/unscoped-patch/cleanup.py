import unittest
from unittest import mock

import service


class ServiceTest(unittest.TestCase):
    def setUp(self):
        # The clock stands still.
        self.now = mock.patch("service.clock.now", return_value=5).start()
        mock.patch.object(
            service,
            "log",  # silent
        ).start()

    def test_fake(self):
        patcher = 3
        service.clock.read = mock.Mock()
        self.assertEqual(service.time(), patcher)
