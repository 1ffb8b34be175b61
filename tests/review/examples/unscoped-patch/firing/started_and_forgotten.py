import unittest
from unittest import mock


class TestIt(unittest.TestCase):
    def setUp(self):
        mock.patch("pkg.module.now").start()  # here
        mock.patch.object(unittest, "main").start()  # here
