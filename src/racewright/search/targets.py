"""From the name of a target to something done with each of its programs, in the right
surroundings."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from racewright.errors import RacewrightError, TargetError
from racewright.run import Program
from racewright.search.control import give_back_control, take_control
from racewright.search.programs import kind_of, load
from racewright.settings import Settings
from racewright.store import folder_for

__all__ = ["each_program"]

Result = TypeVar("Result")
Action = Callable[[Program, Settings], Result]


def each_program(
    target: str, settings: Settings, action: Action[Result], *, more: Sequence[str] = ()
) -> list[Result]:
    """Take control, load what ``target`` names, and call ``action`` with each of its programs.

    Ends early when a result says that it was ``interrupted``. Raises ``TargetError`` for a target
    that cannot be found, imported or collected. ``more`` are targets of pytest's beside the first;
    of several, those that can be collected are run before it is said which cannot.
    """
    kind = kind_of(target, settings.runner)
    settings = settings.replace(runner=kind)
    if kind == "pytest":
        return _in_pytest(target, settings, action, more)
    instrumenter = take_control(settings.root, settings.instrument)
    try:
        results = []
        for program in load(target, kind, instrumenter):
            results.append(action(program, settings))
            if getattr(results[-1], "interrupted", False):
                break
        return results
    finally:
        give_back_control(instrumenter)


def _in_pytest(
    target: str, settings: Settings, action: Action[Result], more: Sequence[str]
) -> list[Result]:
    try:
        import pytest
    except ImportError:
        raise TargetError(f"{target} is for pytest, and pytest is not installed here") from None
    path = target.partition("::")[0]
    if not os.path.exists(path):
        raise TargetError(f"there is no file or folder {path!r}")

    class Collector:
        """Gives the plug-in our action, and keeps what could not be collected."""

        def __init__(self) -> None:
            self.errors: list[str] = []
            self.error: RacewrightError | None = None
            self.results: list[Result] = []

        def pytest_sessionstart(self, session: pytest.Session) -> None:
            # Not imported before pytest loads it: pytest warns of plug-ins that it cannot rewrite.
            plugin = sys.modules["racewright_pytest"]._Plugin.of(session.config)
            plugin.results = self.results
            # What the command line was given goes before what the plug-in would make of ini files.
            plugin.action = self.act

        def act(self, program: Program, mine: Settings) -> Result:
            try:
                return action(program, settings.replace(root=mine.root))
            except RacewrightError as error:
                self.error = error  # pytest would say that it was an internal error of its own
                raise

        def pytest_collectreport(self, report: pytest.CollectReport) -> None:
            if report.failed:
                self.errors.append(report.longreprtext)

    collector = Collector()
    arguments = ["--race", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist"]
    arguments.extend(f"--race-instrument={package}" for package in settings.instrument)
    # We are there before pytest, which would like to rewrite us; where warnings are errors, no test
    # would run.
    arguments += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
    if not _is_plugin_registered():
        arguments += ["-p", "racewright_pytest"]
    home = os.path.abspath(settings.root)
    if os.path.abspath(path).startswith(str(folder_for(home)) + os.sep):
        # A test that we have written lies in our own folder, and is the project's all the same.
        arguments.append(f"--rootdir={home}")
    if more:
        arguments.append("--continue-on-collection-errors")
    output = io.StringIO()
    before = sys.path[:]
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = pytest.main([*arguments, target, *more], plugins=[collector])
    sys.path[:] = before
    if collector.error is not None:
        raise collector.error
    if collector.errors:
        raise TargetError(f"{target} could not be collected:\n" + "\n".join(collector.errors))
    if status == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if not collector.results:
        text = output.getvalue().strip()
        raise TargetError(f"{target} selects no test" + (f":\n{text}" if text else ""))
    return collector.results


def _is_plugin_registered() -> bool:
    from importlib.metadata import entry_points

    return any(entry.name == "racewright" for entry in entry_points(group="pytest11"))
