import unittest
from unittest import mock


class TestIt(unittest.TestCase):
    def setUp(self):
        patcher = mock.patch("pkg.module.now")
        self.now = patcher.start()
        self.addCleanup(patcher.stop)
