# As functional tests of a service slow down two methods, so that a periodic task overlaps.
import time

import fixtures

from service import objects
from service import test


class TestEvacuationRace(test.TestCase):
    """Trigger a race between an evacuation and the periodic task."""

    def test_evacuate(self):  # here
        orig_drop = objects.Instance.drop

        def slow_drop(*args, **kwargs):
            time.sleep(1)
            return orig_drop(*args, **kwargs)

        self.useFixture(fixtures.MockPatch("service.objects.Instance.drop", new=slow_drop))
        orig_get = objects.MigrationList.get

        def slow_get(*args, **kwargs):
            time.sleep(2)
            return orig_get(*args, **kwargs)

        self.useFixture(fixtures.MockPatch("service.objects.MigrationList.get", new=slow_get))
        self.api.evacuate()
        self.run_periodics()
        self.assertEqual(1, self.count())
