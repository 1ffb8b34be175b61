class TestIt(base.TestCase):
    def setUp(self):
        self.neutron = self.useFixture(fakes.NeutronFixture(self))
        self.neutron._ports["1"] = {"id": "1"}
        self.neutron._ports["2"] = self.make_port()
