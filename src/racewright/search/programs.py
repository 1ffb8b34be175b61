"""Targets: what a name on the command line means, as programs that can be run again and again.

``tests/test_x.py::test_y``, a test file or a folder is pytest's (:mod:`racewright_pytest` explores
each test item from within pytest); ``--runner unittest pkg.mod.Class.test`` is unittest's or
testtools'; ``bank.py`` is a script; ``pkg.mod:function`` a callable without arguments.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import os
import sys
import types
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from racewright.errors import TargetError
from racewright.interpose.imports import Instrumenter

__all__ = ["CallableProgram", "ScriptProgram", "UnittestProgram", "kind_of", "load"]


def kind_of(target: str, runner: str) -> str:
    """Which runner ``target`` is for: "pytest", "unittest", "script" or "callable"."""
    if runner:
        return runner
    path = target.partition("::")[0]
    if "::" in target or os.path.isdir(path):
        return "pytest"
    if path.endswith(".py"):
        return "pytest" if _holds_tests(Path(path)) else "script"
    module, colon, function = target.partition(":")
    if colon and function and all(part.isidentifier() for part in module.split(".")):
        return "callable"
    raise TargetError(
        f"{target!r} is no target: there is no such file or folder, and it is not "
        "pkg.mod:function. For a unittest name say --runner unittest."
    )


def load(target: str, kind: str, instrumenter: Instrumenter) -> list[Any]:
    """The programs that ``target`` names. Raises :class:`TargetError` where there is none."""
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    if kind == "script":
        return [ScriptProgram(target, instrumenter)]
    if kind == "callable":
        return [CallableProgram(target, _callable(target))]
    return list(_unittests(target))


def _holds_tests(path: Path) -> bool:
    """Whether a file is for pytest: by its name, or because it defines tests whatever its name."""
    if path.name.startswith("test_") or path.name.endswith("_test.py"):
        return True
    try:
        body = ast.parse(path.read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return False  # whoever loads it says what is wrong
    return any(
        (isinstance(node, ast.FunctionDef) and node.name.startswith("test"))
        or (isinstance(node, ast.ClassDef) and node.name.startswith("Test"))
        for node in body
    )


class CallableProgram:
    """A function without arguments."""

    must_finish = True

    def __init__(self, name: str, function: Callable[[], object]) -> None:
        self.name = name
        self.function = function

    def run(self) -> None:
        self.function()


class ScriptProgram:
    """A file, run as ``python FILE`` would, in a fresh ``__main__`` each time."""

    must_finish = True

    def __init__(self, path: str, instrumenter: Instrumenter) -> None:
        self.name = path
        self.path = Path(path)
        if not self.path.is_file():
            raise TargetError(f"there is no file {path!r}")
        try:
            self.code = instrumenter.run_script_code(self.path)
        except SyntaxError as error:
            raise TargetError(_syntax(path, error)) from None
        except (ValueError, OSError, UnicodeDecodeError) as error:
            raise TargetError(f"{path} cannot be compiled: {error}") from None

    def run(self) -> None:
        module = types.ModuleType("__main__")
        module.__file__ = str(self.path)
        vars(module)["__builtins__"] = builtins
        before, path, argv = sys.modules.get("__main__"), list(sys.path), sys.argv
        sys.modules["__main__"] = module
        sys.path.insert(0, str(self.path.resolve().parent))
        sys.argv = [str(self.path)]
        try:
            exec(self.code, vars(module))
        finally:
            sys.path[:] = path
            sys.argv = argv
            if before is not None:
                sys.modules["__main__"] = before


class UnittestProgram:
    """One test of unittest or testtools, loaded afresh each time, its class and module fixtures
    too."""

    must_finish = False

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source

    def run(self) -> None:
        for test in _tests_of(unittest.defaultTestLoader.loadTestsFromName(self.source)):
            if test.id() == self.name:
                break
        else:
            raise TargetError(f"the test {self.name} was not there again")
        result = _FirstError()
        suite = unittest.TestSuite([test])
        suite.run(result)
        if result.error is not None:
            raise result.error
        if result.skip is not None:
            raise unittest.SkipTest(result.skip)


class _FirstError(unittest.TestResult):
    """Keeps the first exception as it was raised."""

    def __init__(self) -> None:
        super().__init__()
        self.error: BaseException | None = None
        self.skip: str | None = None

    def _keep(self, error: Any) -> None:
        if self.error is None and error is not None and error[1] is not None:
            self.error = error[1]

    def addError(self, test: Any, err: Any = None, details: Any = None) -> None:
        self._keep(err or _from_details(details))

    def addFailure(self, test: Any, err: Any = None, details: Any = None) -> None:
        self._keep(err or _from_details(details))

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        self._keep(err)

    def addUnexpectedSuccess(self, test: Any, details: Any = None) -> None:
        error = AssertionError("unexpected success")
        self._keep((type(error), error, None))

    def addSkip(self, test: Any, reason: str | None = None, details: Any = None) -> None:
        self.skip = reason or "skipped"


def _from_details(details: Any) -> Any:
    """testtools gives a failure as text: the traceback is in it."""
    text = ""
    for name, content in sorted((details or {}).items()):
        if "traceback" in name:
            text += str(content.as_text())
    error = AssertionError(_message_in(text) or "the test failed")
    return (type(error), error, None)


def _message_in(text: str) -> str:
    """What stands below the last traceback in ``text``: the exception, its notes included."""
    below = text.rpartition("Traceback (most recent call last):")[2].splitlines()
    while below and (not below[0].strip() or below[0].startswith(" ")):
        del below[0]
    return "\n".join(below).strip()


def _unittests(name: str) -> Iterator[UnittestProgram]:
    loader = unittest.TestLoader()
    try:
        suite = loader.loadTestsFromName(name)
    except SyntaxError as error:
        raise TargetError(_syntax(name, error)) from None
    except Exception as error:
        raise TargetError(f"{name} cannot be loaded: {type(error).__name__}: {error}") from None
    if loader.errors:
        last = str(loader.errors[0]).strip().splitlines()[-1]
        raise TargetError(f"{name} cannot be loaded: {last}")
    count = 0
    for test in _tests_of(suite):
        count += 1
        yield UnittestProgram(test.id(), name)
    if not count:
        raise TargetError(f"{name} holds no tests")


def _tests_of(suite: Any) -> Iterator[Any]:
    if isinstance(suite, unittest.TestSuite) or hasattr(suite, "_tests"):
        for test in suite:
            yield from _tests_of(test)
    elif suite is not None:
        yield suite


def _callable(target: str) -> Callable[[], object]:
    module_name, _, path = target.partition(":")
    try:
        found: Any = importlib.import_module(module_name)
    except SyntaxError as error:
        raise TargetError(_syntax(module_name, error)) from None
    except ModuleNotFoundError as error:
        raise TargetError(f"{target}: {error}") from None
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise TargetError(f"{target}: importing {module_name} failed: {what}") from None
    for part in path.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise TargetError(f"{target}: {module_name} has no {path!r}") from None
    if not callable(found):
        raise TargetError(f"{target} is not callable")
    function: Callable[[], object] = found
    return function


def _syntax(where: str, error: SyntaxError) -> str:
    return f"{where} has a syntax error: {error.msg} ({error.filename}, line {error.lineno})"
