"""Nova's test for bug 1896463 without its sleeps: an order of points takes their place.

This file is put into an environment that has Nova in it (``scenario.py`` does so). Nova's own test
is used as it is, by inheritance. Each class below runs it in another way:

* ``Sleeps``: as Nova has it. Two sleeps are meant to make an evacuation overlap a periodic task.
* ``Order``: the sleeps do nothing, and :func:`the_race` is asked for instead.
* ``OrderIsImpossible``: the same, and it is asserted that the order can *not* happen. This is the
  one to keep once the bug is repaired: it fails if the bug comes back, and passes as long as it
  does not.

``...WithBug`` takes the repair away first: ``finish_evacuation`` without the lock.
"""

import time

import fixtures
from nova.tests.functional.regressions import test_bug_1896463

from racewright import after, before, scenario

RESOURCE_TRACKER = "nova.compute.resource_tracker:ResourceTracker"


def the_race(*, impossible: bool = False):
    """The periodic task looks for the instance before, and for its migration after, the end of the
    evacuation, and so finds it nowhere."""
    return scenario(
        # The evacuation has claimed the PCI device on host2; only its last step is left,
        after("nova.compute.manager:ComputeManager._do_rebuild_instance_with_claim"),
        # when the test lets the periodic tasks run.
        before("nova.test:TestCase._run_periodics"),
        # The one of host2 reads which instances are there: ours is not, yet.
        after("nova.objects.instance:InstanceList.get_by_host_and_node", where=on_host2),
        # The evacuation does its last step: the instance is on host2, the migration is done.
        before(f"{RESOURCE_TRACKER}.finish_evacuation"),
        after(f"{RESOURCE_TRACKER}.finish_evacuation"),
        # The periodic task reads which migrations are under way: ours is not, any more.
        before("nova.objects.migration:MigrationList.get_in_progress_and_error", where=on_host2),
        impossible=impossible,
        # Running free, on a machine that is very busy, the evacuation alone may take ten seconds.
        within=30,
    )


def on_host2(host: str) -> bool:
    return host == "host2"


class WithoutSleep:
    """The module ``time``, for a module whose sleeps are not wanted."""

    def __getattr__(self, name: str):
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        pass


class BugPutBack:
    """Takes the repair of bug 1896463 away for the length of a test."""

    def setUp(self) -> None:
        # Not at the top: what starts Nova's threads must be imported before it.
        from nova.compute.resource_tracker import ResourceTracker

        super().setUp()
        bare = ResourceTracker.finish_evacuation.__wrapped__  # the method, without its lock
        self.useFixture(fixtures.MockPatchObject(ResourceTracker, "finish_evacuation", bare))


class Sleeps(test_bug_1896463.TestEvacuateResourceTrackerRace):
    """Nova's test as it is."""


class Order(test_bug_1896463.TestEvacuateResourceTrackerRace):
    """Nova's test with an order in place of the sleeps."""

    impossible = False

    def test_evacuate_races_with_update_available_resource(self) -> None:
        self.useFixture(fixtures.MockPatchObject(test_bug_1896463, "time", WithoutSleep()))
        with the_race(impossible=self.impossible):
            super().test_evacuate_races_with_update_available_resource()


class OrderIsImpossible(Order):
    """The regression test."""

    impossible = True


class SleepsWithBug(BugPutBack, Sleeps):
    pass


class OrderWithBug(BugPutBack, Order):
    pass


class OrderIsImpossibleWithBug(BugPutBack, OrderIsImpossible):
    pass
