class TestIt(base.TestCase):
    def setUp(self):
        self.neutron = self.useFixture(fakes.NeutronFixture(self))
        self.neutron.add_port(self.neutron.port)
        self.port = self.neutron.port
