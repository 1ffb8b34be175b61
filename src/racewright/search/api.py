"""``racewright.explore``: exploring a function from Python."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from racewright.errors import UsageError
from racewright.interpose import stdlib
from racewright.interpose.adoption import adopt_locks
from racewright.interpose.patching import Patches
from racewright.model.execution import Exploration
from racewright.search.control import give_back_control, project_modules, take_control
from racewright.search.explore import explore_program
from racewright.search.programs import CallableProgram
from racewright.settings import Settings

__all__ = ["explore"]


def explore(
    function: Callable[[], object],
    *,
    schedules: int = 1000,
    strategy: str = "auto",
    seed: int = 0,
    **options: Any,
) -> Exploration:
    """Run ``function``, which takes no arguments, under up to ``schedules`` schedules.

    ``strategy`` is "auto", "random", "pct", "pos" or "delay"; ``options`` are the other fields of
    :class:`racewright.settings.Settings` (``time`` and ``slack`` in seconds, ``jobs``,
    ``keep_going``, ``isolation``, ``instrument``, ...). Nothing that ``function`` raises is raised
    here: it is in the result. Executions run in forked children, so what they do to objects of the
    caller is not seen, unless ``isolation="none"``.

    Control is installed for the length of the call, and the functions of ``function``'s module are
    instrumented in place. Locks made before the call are controlled where they are variables of
    a module of the project, or fields of its classes and of instances of these; others are the real
    ones.

    Raises ``UsageError`` for options that do not exist, and where a run is already under way.
    """
    if not callable(function):
        raise UsageError(f"explore() takes a function, not {function!r}")
    try:
        settings = Settings(
            schedules=schedules, strategy=strategy, seed=seed, runner="callable", **options
        )
    except TypeError as error:
        raise UsageError(f"explore(): {error}".replace("Settings.__init__() ", "")) from None
    module = getattr(function, "__module__", None) or "__main__"
    name = f"{module}:{getattr(function, '__qualname__', type(function).__name__)}"
    was_installed = stdlib.is_installed()
    instrumenter = take_control(os.path.abspath(settings.root), settings.instrument)
    adopted = Patches()
    try:
        adopt_locks(project_modules(instrumenter, module), adopted)
        instrumenter.instrument_function(function)
        return explore_program(CallableProgram(name, function), settings)
    finally:
        adopted.undo()
        if was_installed:
            instrumenter.uninstall()
        else:
            give_back_control(instrumenter)
