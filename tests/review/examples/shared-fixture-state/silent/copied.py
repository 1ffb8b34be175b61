import copy


class TestIt(base.TestCase):
    def setUp(self):
        self.neutron = self.useFixture(fakes.NeutronFixture(self))
        self.neutron._ports["1"] = copy.deepcopy(self.neutron.port)
        self.neutron._nets["1"] = dict(self.neutron.network)
