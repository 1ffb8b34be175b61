# file: nova/tests/functional/test_bug.py
from oslo_config import cfg

from nova import test

CONF = cfg.CONF  # here


class TestBug(test.TestCase):
    def test_it(self):
        self.flags(compute_driver="fake.FakeDriver")
