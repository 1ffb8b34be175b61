"""A functional test that forces a race with sleeps, reviewed with every rule: short, and in order.

It has the shape of a real one: two patched methods that sleep, a fixture that is given its own
values, a module name that nobody reads, sixty lines of comments that say why.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from racewright.model.finding import Review
from racewright.report.review_text import to_text
from racewright.review import ReviewSettings, review

COMMENT = "        # The periodic task has loaded the instances, and not yet the migrations.\n" * 59
CODE = f'''\
import copy
import time

import fixtures
from oslo_config import cfg

from service import objects
from service import test
from service.tests import fixtures as service_fixtures

CONF = cfg.CONF


class TestEvacuationRace(test.TestCase):
    """Trigger a race between an evacuation and the periodic task."""

    def setUp(self):
        super().setUp()
        self.network = self.useFixture(service_fixtures.NetworkFixture(self))
        self.api = self.useFixture(service_fixtures.ApiFixture()).api
        self.start_service("conductor")
        self.network._ports[self.network.port["id"]] = copy.deepcopy(self.network.port)
        self.network._networks[self.network.network_2["id"]] = self.network.network_2
        self.network._subnets[self.network.subnet_2["id"]] = self.network.subnet_2

    def test_evacuate_races_with_the_periodic_task(self):
        server = self._create_server(name="server", host="host1")
        self.compute1.stop()
{COMMENT}
        orig_drop = objects.Instance.drop_migration_context

        def slow_drop(*args, **kwargs):
            time.sleep(1)
            return orig_drop(*args, **kwargs)

        self.useFixture(
            fixtures.MockPatch(
                "service.objects.instance.Instance.drop_migration_context", new=slow_drop))
        orig_get = objects.MigrationList.get_in_progress

        def slow_get(*args, **kwargs):
            time.sleep(2)
            return orig_get(*args, **kwargs)

        self.useFixture(
            fixtures.MockPatch(
                "service.objects.migration.MigrationList."
                "get_in_progress",
                new=slow_get))
        self.api.post_server_action(server["id"], {{"evacuate": {{}}}})
        self._run_periodics()
        self._wait_for_server_parameter(server, {{"host": "host2"}})
        self.assertEqual(1, len(self.devices(server)))
'''


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_bug.py").write_text(CODE)
    return review(ReviewSettings(ruff=False, cache=False, jobs=1))


def test_it_has_these_remarks_and_no_others(made: Review) -> None:
    said = sorted((finding.rule, finding.place.text) for finding in made.findings)
    assert [rule for rule, _ in said] == [
        "shared-fixture-state",
        "shared-fixture-state",
        "sleep-as-synchronisation",
        "sleep-as-synchronisation",
        "unused-module-name",
        "vacuous-race-test",
    ]
    assert made.verdict == "No security defects are detected in the code."
    assert said[-1][1] == "def test_evacuate_races_with_the_periodic_task(self):"


def test_it_is_told_in_a_screen_and_a_half(made: Review) -> None:
    assert len(to_text(made).splitlines()) <= 60


def test_nothing_is_said_that_the_file_refutes(made: Review) -> None:
    shown = " ".join(to_text(made).lower().split())
    refuted = ("mock object", "context manager", "not clear", "unclear", "missing comment", "sql")
    assert [words for words in refuted if words in shown] == []
    assert "slow_drop (time.sleep(1), line" in shown
    assert "is not called" not in shown
