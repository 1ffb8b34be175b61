import unittest
from unittest import mock


class TestIt(unittest.TestCase):
    def setUp(self):
        mock.patch("pkg.module.now").start()

    def tearDown(self):
        mock.patch.stopall()
