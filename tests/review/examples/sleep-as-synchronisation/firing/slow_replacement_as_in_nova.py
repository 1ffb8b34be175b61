import time

import fixtures
from nova import objects, test


class TestRace(test.TestCase):
    def test_evacuation_races_with_the_periodic_task(self):
        original = objects.Instance.drop_migration_context

        def slow_drop(*args, **kwargs):
            time.sleep(1)  # here
            return original(*args, **kwargs)

        self.useFixture(
            fixtures.MockPatch(
                "nova.objects.instance.Instance.drop_migration_context",
                new=slow_drop,
            )
        )
        self.start_evacuation()
