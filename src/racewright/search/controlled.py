"""``@controlled``: one ordinary run of a test, under control.

The default schedule (or one of another strategy's), virtual time, no exploring: what a scenario
needs to say at once, and for certain, that an order cannot happen. Everything runs in this process,
and what the test raises is raised as itself, so that any runner shows it as ever.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, TypeVar, overload

from racewright import originals
from racewright.errors import ControlledRunFailed, UsageError
from racewright.interpose import stdlib
from racewright.interpose.adoption import adopt_locks
from racewright.interpose.patching import Patches
from racewright.kernel.scheduler import STATE
from racewright.kernel.sites import is_ours
from racewright.model.execution import Failure
from racewright.run import run_once
from racewright.search.control import give_back_control, project_modules, take_control
from racewright.settings import Settings
from racewright.strategies.base import Strategy
from racewright.strategies.portfolio import portfolio

__all__ = ["controlled"]

Function = TypeVar("Function", bound=Callable[..., Any])


@overload
def controlled(function: Function, /) -> Function: ...
@overload
def controlled(**options: Any) -> Callable[[Function], Function]: ...


def controlled(function: Any = None, /, **options: Any) -> Any:
    """Run a test function or method under control, once each time it is called.

    ``@controlled`` and ``@controlled(max_steps=..., ...)``: the options are fields of
    :class:`racewright.settings.Settings`; where they name a ``strategy``, the schedule is the first
    one that it chooses, given ``seed``, and else the default one. In a run that is under control
    already (``racewright explore``, ``pytest --race``) it does nothing.

    Control begins with the call, so what was made before, in ``setUp`` or in fixtures, has locks
    that are the interpreter's own. They are controlled where they are variables of a module of the
    project, or fields of its classes and of instances of these that the function is given. Under
    pytest control is installed when a module that imports ``controlled`` is collected, so there
    it makes no difference.

    What the function raises is raised, what it returns is returned. A run that ends otherwise, in a
    deadlock or with an unhandled exception in a thread, raises ``ControlledRunFailed``.

    Raises ``UsageError`` for options that do not exist, and for coroutine functions.
    """
    try:
        settings = Settings(runner="callable", **options)
    except TypeError as error:
        raise UsageError(f"controlled(): {error}".replace("Settings.__init__() ", "")) from None
    if function is None:
        return lambda decorated: _decorate(decorated, settings)
    return _decorate(function, settings)


def _decorate(function: Any, settings: Settings) -> Any:
    if isinstance(function, type) or not callable(function):
        raise UsageError(f"controlled() decorates functions, not {function!r}")
    inner = inspect.unwrap(function)
    if inspect.iscoroutinefunction(inner) or inspect.isgeneratorfunction(inner):
        raise UsageError(
            f"{function.__qualname__} returns before it has run, so its run cannot be controlled\n"
            "Decorate a function that runs it: asyncio.run(...)."
        )

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        if STATE.kernel is not None:
            return function(*args, **kwargs)
        return _run(_Call(function, args, kwargs), settings)

    # A scenario above us is entered inside the run: see `Scenario.__call__`.
    run._racewright_renew = (  # type: ignore[attr-defined]
        lambda scenario: _decorate(scenario(function), settings)
    )
    return run


class _Call:
    """A call, as a program."""

    must_finish = False

    def __init__(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        module = getattr(function, "__module__", None) or "__main__"
        self.module = module
        self.name = f"{module}:{getattr(function, '__qualname__', type(function).__name__)}"
        self.call = functools.partial(function, *args, **kwargs)
        #: What was made before the run, by ``setUp`` or by fixtures.
        self.objects = [*args, *kwargs.values(), *_closed_over(function)]
        self.result: Any = None

    def run(self) -> None:
        self.result = self.call()


def _closed_over(function: Any) -> Iterator[Any]:
    inner = inspect.unwrap(function)
    for holder in {id(each): each for each in (function, inner)}.values():
        for cell in getattr(holder, "__closure__", None) or ():
            try:
                yield cell.cell_contents
            except ValueError:  # empty
                continue


def _run(program: _Call, settings: Settings) -> Any:
    __tracebackhide__ = True
    was_installed = stdlib.is_installed()
    instrumenter = take_control(os.path.abspath(settings.root), settings.instrument)
    adopted = Patches()
    strategy = _strategy(settings)
    try:
        adopt_locks(project_modules(instrumenter, program.module), adopted, program.objects)
        strategy.begin()
        epoch = float(int(originals.wall_time()))
        result = run_once(program, strategy, settings, slack=settings.slack or 0.0, epoch=epoch)
    finally:
        adopted.undo()
        if was_installed:
            instrumenter.uninstall()
        else:
            give_back_control(instrumenter)
    if result.error is not None:
        raise result.error.with_traceback(_users_part(result.error.__traceback__))
    if result.execution.failure is not None:
        raise ControlledRunFailed(_told(result.execution.failure))
    return program.result


def _strategy(settings: Settings) -> Strategy:
    """``auto`` is the default schedule here, for there is but one run."""
    if settings.strategy == "auto":
        return Strategy(settings.seed)
    chosen = portfolio(settings.strategy, settings.seed, slack=settings.slack, aim=settings.aim)
    return chosen.take()[0]


def _users_part(traceback: TracebackType | None) -> TracebackType | None:
    """Where the function itself begins: what called it is nobody's business."""
    part = traceback
    while part is not None and is_ours(part.tb_frame.f_code.co_filename):
        part = part.tb_next
    return part or traceback


def _told(failure: Failure) -> str:
    """A failure that is no exception of the test's own."""
    lines = [f"{failure.kind} in {failure.task}: {failure.message}"]
    if failure.traceback:
        lines.append(failure.traceback)
    for task in failure.tasks:
        lines.append(f"  {task.name} ({task.state}) {task.doing}".rstrip())
        for held in task.holds:
            lines.append(f"    holds {held.lock}, taken at {held.taken_at}")
        for frame in task.stack:
            lines.append(f"      {frame.file}:{frame.line} in {frame.function}")
            if frame.text:
                lines.append(f"        {frame.text}")
    return "\n".join(lines)
