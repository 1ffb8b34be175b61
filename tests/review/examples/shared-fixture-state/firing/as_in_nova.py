import copy

from nova import test
from nova.tests import fixtures as nova_fixtures


class TestRace(test.TestCase):
    def setUp(self):
        super().setUp()
        self.neutron = self.useFixture(nova_fixtures.NeutronFixture(self))
        self.neutron._ports[self.neutron.sriov_port['id']] = \
            copy.deepcopy(self.neutron.sriov_port)
        self.neutron._networks[  # here
            self.neutron.network_2['id']] = self.neutron.network_2
        self.neutron._subnets[  # here
            self.neutron.subnet_2['id']] = self.neutron.subnet_2
