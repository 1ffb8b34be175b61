class TestIt(base.TestCase):
    def setUp(self):
        self.registry = Registry()
        self.registry._items["1"] = self.registry.default
