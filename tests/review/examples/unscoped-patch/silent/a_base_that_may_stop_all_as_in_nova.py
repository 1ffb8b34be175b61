from unittest import mock

from nova import test


class TestIt(test.NoDBTestCase):
    def setUp(self):
        super().setUp()
        mock.patch("nova.compute.api.API.get").start()
