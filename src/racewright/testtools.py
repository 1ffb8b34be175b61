"""Scenarios for testtools and stestr: a ``RunTest`` for ``run_tests_with``, and a fixture.

``RunTest`` runs a test as testtools does, and after the last of its cleanups looks whether it has
left every scenario that it entered. One that it has not is left, and the test fails with an error
that names it. Where a test fails, the stories of its scenarios are among its details.

testtools and fixtures are needed by nothing else here, and are imported when this module is.
"""

from __future__ import annotations

from typing import Any

from racewright.errors import UsageError
from racewright.scenarios import Point, Scenario, scenario
from racewright.scenarios.open import Watch

try:
    import fixtures
    import testtools
    from testtools.content import Content, text_content
    from testtools.content_type import UTF8_TEXT
except ImportError as error:
    raise UsageError(
        f"racewright.testtools: {error}\nIt needs both: pip install testtools fixtures"
    ) from error

__all__ = ["RunTest", "ScenarioFixture"]


class RunTest(testtools.RunTest):
    """``run_tests_with = racewright.testtools.RunTest``, in a test class."""

    def _run_core(self) -> None:
        self._watch = Watch()
        self.case.addCleanup(self._check)  # the first one added is the last one run
        super()._run_core()

    def _check(self) -> None:
        leak = self._watch.close_leaked(self.case.id())
        if leak is not None:
            raise leak

    def _got_user_exception(self, exc_info: Any, tb_label: str = "traceback") -> object:
        for story in self._watch.stories():
            told = [exc_info[1], *getattr(exc_info[1], "__notes__", ())]
            if all(story not in str(each) for each in told):
                self.case.addDetailUniqueName("scenario", text_content(story))
        return super()._got_user_exception(exc_info, tb_label)


class ScenarioFixture(fixtures.Fixture):
    """A scenario from ``useFixture`` to the end of the test, where it is waited for.

    ``fixture.scenario`` is the :class:`~racewright.scenarios.Scenario`. The arguments are those of
    :func:`racewright.scenario`. A cleanup is not told whether the test has failed: the order is
    then waited for all the same.
    """

    scenario: Scenario

    def __init__(self, *points: Point, impossible: bool = False, within: float = 10.0) -> None:
        super().__init__()
        self._wanted = scenario(*points, impossible=impossible, within=within)

    def _setUp(self) -> None:
        self.scenario = self._wanted
        self.scenario.__enter__()
        self.addCleanup(self.scenario.__exit__, None, None, None)
        self.addDetail("scenario", Content(UTF8_TEXT, lambda: [self.scenario.story.encode()]))
