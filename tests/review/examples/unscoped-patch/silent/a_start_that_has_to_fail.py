import unittest
from unittest import mock

import service


class Test(unittest.TestCase):
    def test_a_patch_of_what_is_not_there_fails(self):
        with self.assertRaises(AttributeError):
            mock.patch.object(service, "nothing").start()
