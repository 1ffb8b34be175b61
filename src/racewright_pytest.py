"""The pytest plug-in: ``pytest --race``, ``@pytest.mark.race``, and what ``racewright explore``
uses.

A top-level module that imports nothing of Racewright until it is wanted, so that pytest can load it
before anything else and pay nothing for it. With ``--race`` control is installed before conftests
and test modules are imported; without it, before the first module that uses the marker.

Every schedule repeats the whole run of the test item, set-up and tear-down of its function-scoped
fixtures included; fixtures of wider scope are set up once in each worker.
"""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from racewright.interpose.imports import Instrumenter
    from racewright.interpose.patching import Patches
    from racewright.model.execution import Exploration
    from racewright.scenarios import Scenario
    from racewright.scenarios.open import Watch
    from racewright.settings import Settings

__all__: list[str] = []


def true_or_false(value: bool | str) -> bool:
    """A flag, from the command line or as an ini file spells it."""
    words = {"true": True, "yes": True, "on": True, "1": True}
    words |= {"false": False, "no": False, "off": False, "0": False}
    try:
        return words[str(value).strip().lower()]
    except KeyError:
        raise ValueError(value) from None


#: ini name and option, how its text becomes a value, help
_OPTIONS: list[tuple[str, Any, str]] = [
    ("schedules", int, "executions of each test (default 1000)"),
    ("time", float, "seconds of exploration for each test"),
    ("strategy", str, "auto, random, pct, pos, delay or exhaustive"),
    ("seed", int, "seed of all random choices"),
    ("slack", float, "virtual seconds by which a runnable task may be kept waiting"),
    ("clock", str, "virtual or real"),
    ("carrier", str, "greenlets or threads"),
    ("jobs", int, "worker processes (default: one per core)"),
    ("isolation", str, "auto, none, worker or execution"),
    ("stall", float, "seconds without a scheduling point that count as a stall"),
    ("max_steps", int, "events after which an execution counts as livelocked"),
    ("keep_going", true_or_false, "go on after the first failure"),
]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("racewright", "exploring schedules")
    group.addoption("--race", action="store_true", help="run each test under many schedules")
    for name, kind, text in _OPTIONS:
        option = "--race-" + name.replace("_", "-")
        if kind is true_or_false:
            group.addoption(option, action="store_true", default=None, help=text)
        else:
            group.addoption(option, default=None, help=text)
        parser.addini(f"race_{name}", f"racewright: {text}", default=None)
    group.addoption(
        "--race-instrument",
        action="append",
        default=None,
        metavar="PACKAGE",
        help="switch at this package's accesses to memory too; may be repeated",
    )
    parser.addini("race_instrument", "racewright: packages to instrument", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "race(schedules=..., strategy=..., slack=..., seed=...): "
        "run this test under many schedules (Racewright)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    if early_config.known_args_namespace.race:
        _Plugin.of(early_config).install()


def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> None:
    plugin = _Plugin.of(parent.config)
    if plugin.instrumenter is None:
        try:
            source = module_path.read_bytes()
            marked = any(word in source for word in _WORDS) and _uses_control(ast.parse(source))
        except (OSError, SyntaxError, ValueError):
            return  # pytest says what is wrong with the file
        if marked:
            plugin.install()


_WORDS = (b"mark.race", b"controlled")


def _uses_control(tree: ast.AST) -> bool:
    """Whether the code, not a text in it, speaks of ``mark.race`` or of our ``controlled``."""
    return any(_is_marker(node) or _is_controlled(node) for node in ast.walk(tree))


def _is_marker(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "race"
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "mark"
    )


def _is_controlled(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "racewright" and any(name.name == "controlled" for name in node.names)
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "controlled"
        and isinstance(node.value, ast.Name)
        and node.value.id == "racewright"
    )


@pytest.fixture
def scenario() -> Callable[..., Scenario]:
    """``with scenario(before(f), after(g)):`` holds tasks to an order: ``racewright.scenario``."""
    from racewright import scenario

    return scenario


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if "racewright.scenarios.open" in sys.modules:
        from racewright.scenarios.open import Watch

        item.stash[_WATCH] = Watch()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """When all else is over: has the test left the scenarios that it entered?"""
    __tracebackhide__ = True
    try:
        result = yield
    except BaseException as error:
        leak = _close_leaked(item)
        if leak is not None:
            from racewright.scenarios.notes import attach

            attach(error, str(leak))
        raise
    if (leak := _close_leaked(item)) is not None:
        raise leak
    return result


def _close_leaked(item: pytest.Item) -> Exception | None:
    watch = _watch_of(item)
    return None if watch is None else watch.close_leaked(item.nodeid)


def _watch_of(item: pytest.Item) -> Watch | None:
    if _WATCH not in item.stash and "racewright.scenarios.open" in sys.modules:
        from racewright.scenarios.open import Watch

        item.stash[_WATCH] = Watch(is_first=True)  # the test is the first to import them
    return item.stash.get(_WATCH, None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    plugin = _Plugin.of(item.config)
    if plugin.is_running:
        return None
    marker = item.get_closest_marker("race")
    if marker is None and not item.config.getoption("race"):
        return None
    plugin.explore(item, nextitem, marker)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test case that clears its attributes when it is over is a test like others.

    pytest puts the method of the test on the test case, and wants it to be there at the end. Nova's
    test cases have thrown it away by then, and pass or fail by what they have reported.
    """
    try:
        return (yield)
    except AttributeError as error:
        if _Plugin.of(item.config).is_running and _has_lost_its_method(item, error):
            return None
        raise


def _has_lost_its_method(item: pytest.Item, error: AttributeError) -> bool:
    """Whether pytest, and not the test, missed the attribute that it had set itself."""
    from _pytest.unittest import TestCaseFunction

    if not isinstance(item, TestCaseFunction) or error.__context__ is not None:
        return False
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    is_pytest = trace is not None and trace.tb_frame.f_code is TestCaseFunction.runtest.__code__
    return is_pytest and item.name not in vars(item.instance)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    plugin = _Plugin.of(item.config)
    if call.excinfo is not None:
        watch = _watch_of(item)
        if watch is not None:
            watch.tell(call.excinfo.value)
        if plugin.is_running and plugin.error is None:
            plugin.error = call.excinfo.value
    return (yield)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    plugin = _Plugin.of(config)
    for exploration in plugin.explorations:
        if exploration.outcome == "passed" and config.get_verbosity() > 0:
            terminalreporter.write_line(
                f"racewright: {exploration.target}: {exploration.executions} executions, "
                f"{exploration.distinct_traces} distinct traces"
            )


def pytest_unconfigure(config: pytest.Config) -> None:
    plugin = config.stash.get(_KEY, None)
    if plugin is not None:
        plugin.uninstall()


class _Sibling(pytest.Item):
    """What pytest believes to come next, so that fixtures of wider scope stay and others go."""

    def runtest(self) -> None:
        raise AssertionError("it is only ever next")


class _ItemProgram:
    """A test item as a program."""

    must_finish = False

    def __init__(self, item: pytest.Item, plugin: _Plugin) -> None:
        self.name = item.nodeid
        self.item = item
        assert item.parent is not None
        self.next = _Sibling.from_parent(item.parent, name=f"after {item.name}")
        self.plugin = plugin

    def run(self) -> None:
        from _pytest.runner import runtestprotocol

        item = self.item
        self.plugin.error = None
        renew = getattr(item, "_initrequest", None)
        if renew is not None:
            renew()
        reports = runtestprotocol(item, log=False, nextitem=self.next)
        error = self.plugin.error
        self.plugin.error = None
        if any(report.failed for report in reports) and error is not None:
            raise error
        for report in reports:
            if report.failed:
                raise AssertionError(report.longreprtext.strip().splitlines()[-1])
            if report.skipped:
                import unittest

                raise unittest.SkipTest(report.longreprtext)


class _Plugin:
    """What the plug-in keeps for one pytest session."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.instrumenter: Instrumenter | None = None
        self.adopted: Patches | None = None
        self.is_running = False
        self.error: BaseException | None = None
        self.explorations: list[Exploration] = []
        #: What is done with each program instead of exploring it, and what came of it.
        self.action: Callable[[Any, Settings], Any] | None = None
        self.results: list[Any] = []

    @classmethod
    def of(cls, config: pytest.Config) -> _Plugin:
        if _KEY not in config.stash:
            config.stash[_KEY] = cls(config)
        return config.stash[_KEY]

    def install(self) -> None:
        """Take control of the standard library, and instrument what is imported from now on."""
        if self.instrumenter is not None:
            return
        from racewright.interpose.adoption import adopt_locks
        from racewright.interpose.patching import Patches
        from racewright.search.control import project_modules, take_control

        packages = self.option("instrument") or []
        self.instrumenter = take_control(str(self.config.rootpath), packages)
        self.adopted = Patches()
        adopt_locks(project_modules(self.instrumenter), self.adopted)

    def uninstall(self) -> None:
        if self.instrumenter is not None:
            from racewright.search.control import give_back_control

            if self.adopted is not None:
                self.adopted.undo()
            give_back_control(self.instrumenter)
            self.instrumenter = None

    def option(self, name: str) -> Any:
        namespace = getattr(self.config, "known_args_namespace", self.config.option)
        value = getattr(namespace, f"race_{name}", None)
        return self.config.getini(f"race_{name}") if value is None else value

    def settings(self, marker: Any) -> Settings:
        from racewright.errors import UsageError
        from racewright.settings import Settings

        values: dict[str, Any] = {}
        for name, kind, _ in _OPTIONS:
            text = self.option(name)
            if text in (None, "", []):
                continue
            try:
                values[name] = kind(text)
            except ValueError:
                expected = kind.__name__.replace("_", " ")
                raise UsageError(
                    f"--race-{name.replace('_', '-')}={text}: {expected} expected"
                ) from None
        if marker is not None:
            if marker.args:
                raise UsageError(f"@pytest.mark.race takes keywords only, not {marker.args!r}")
            values.update(marker.kwargs)
        try:
            return Settings(
                root=str(self.config.rootpath),
                runner="pytest",
                instrument=tuple(self.option("instrument") or ()),
                **values,
            )
        except TypeError as error:
            raise UsageError(f"@pytest.mark.race: {error}") from None

    def explore(self, item: pytest.Item, nextitem: pytest.Item | None, marker: Any) -> None:
        from racewright.errors import UsageError
        from racewright.search.explore import explore_program

        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        try:
            self.install()
            settings = self.settings(marker)
        except UsageError as error:
            self.log(item, "failed", str(error), 0.0)
        else:
            program = _ItemProgram(item, self)
            self.is_running = True
            try:
                if self.action is not None:
                    self.results.append(self.action(program, settings))
                    if getattr(self.results[-1], "interrupted", False):
                        raise KeyboardInterrupt
                    return
                exploration = explore_program(program, settings)
            finally:
                self.is_running = False
            self.explorations.append(exploration)
            self.log(item, *_as_report(exploration), exploration.seconds)
            if exploration.interrupted:
                raise KeyboardInterrupt
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)

    def log(self, item: pytest.Item, outcome: Any, text: str, seconds: float) -> None:
        report: Any = pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords=dict.fromkeys(item.keywords, 1),
            outcome=outcome,
            longrepr=(str(item.path), item.location[1] or 0, f"Skipped: {text}")
            if outcome == "skipped"
            else text or None,
            when="call",
            duration=seconds,
        )
        item.ihook.pytest_runtest_logreport(report=report)


_KEY: pytest.StashKey[_Plugin] = pytest.StashKey()
#: What is seen of scenarios while a test runs.
_WATCH: pytest.StashKey[Watch] = pytest.StashKey()


def _as_report(exploration: Exploration) -> tuple[str, str]:
    """The pytest outcome and text of an exploration."""
    if exploration.outcome == "passed":
        return "passed", ""
    if exploration.outcome == "inconclusive":
        return "skipped", f"inconclusive: {exploration.reason}"
    from racewright.report.text import to_text

    width = min(120, int(os.environ.get("COLUMNS", "100") or 100))
    return "failed", to_text(exploration, width=width)
