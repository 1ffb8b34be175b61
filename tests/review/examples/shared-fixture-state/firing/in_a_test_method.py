class TestIt(base.TestCase):
    def setUp(self):
        self.cinder = self.useFixture(fakes.CinderFixture(self))

    def test_it(self):
        self.cinder._volumes[self.cinder.volume["id"]] = self.cinder.volume  # here
