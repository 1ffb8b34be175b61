# file: tests/test_ports.py
import base
import copy
import fakes


class TestPorts(base.TestCase):
    def setUp(self):
        super().setUp()
        self.network = self.useFixture(fakes.NetworkFixture(self))
        self.network._ports[self.network.port["id"]] = copy.deepcopy(self.network.port)  # ours
