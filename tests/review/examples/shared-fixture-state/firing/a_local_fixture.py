class TestIt(base.TestCase):
    def test_it(self):
        glance = self.useFixture(fakes.GlanceFixture(self))
        glance._images["1"] = glance.image1  # here
