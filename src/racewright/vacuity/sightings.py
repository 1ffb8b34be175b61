"""Which synchronisations a run uses, seen from its trace while it grows.

An event alone does not say who asked for it: a future's condition and a lock of the program look
alike. So the stack is looked at when the event is appended, where the task that causes it stands.
"""

from __future__ import annotations

import gc
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

from racewright.errors import RacewrightError
from racewright.interpose.imports import Instrumenter
from racewright.interpose.mutation import undecorated
from racewright.interpose.targets import find_target
from racewright.kernel.ledger import TraceItem
from racewright.kernel.resources import Mutex
from racewright.kernel.sites import STDLIB, is_ours, is_plumbing
from racewright.kernel.task import TaskHandle
from racewright.model.mutant import Mutant
from racewright.model.operation import Resource, Site, display_path
from racewright.model.vacuity import Sighting
from racewright.primitives.memory import touch
from racewright.vacuity.sources import asks_again, is_at_the_end, name_given

__all__ = ["Decorators", "WatchingTrace", "belongs_to"]

#: Where a wait is asked for, if not in the program's own lines: what passes it on.
_PASSING_ON = (STDLIB + "threading.py", STDLIB + "contextlib.py")
#: Methods of ``queue.Queue`` that can do without waiting.
_QUEUE_WAITS = {"put": "", "join": ""}
_GIVES_A_VALUE = "it waits for a value, and without waiting there would be none to give"
_IN_A_LOOP = "it stands in a loop that asks again: a return too early changes nothing"


def belongs_to(root: str, packages: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a file is part of the project at ``root``, or of one of the packages."""
    instrumenter = Instrumenter(touch, roots=[Path(root)], packages=packages)
    known: dict[str, bool] = {}

    def belongs(file: str) -> bool:
        if file not in known:
            if file.startswith("<") or is_ours(file):
                known[file] = False
            else:
                modules = [
                    name
                    for name, module in list(sys.modules.items())
                    if packages and getattr(module, "__file__", None) == file
                ]
                known[file] = any(
                    instrumenter.why_not(name, file) is None for name in (*modules, "__main__")
                )
        return known[file]

    return belongs


class Decorators:
    """The decorated functions of the project, by the code that their decorators gave them."""

    def __init__(self, belongs: Callable[[str], bool]) -> None:
        self.by_code: dict[CodeType, list[FunctionType]] = defaultdict(list)
        for each in gc.get_objects():
            if isinstance(each, FunctionType) and "__wrapped__" in each.__dict__:
                inner = each.__wrapped__  # type: ignore[attr-defined]
                code = getattr(inner, "__code__", None)
                if isinstance(code, CodeType) and belongs(code.co_filename):
                    self.by_code[each.__code__].append(each)

    def around(self, frame: FrameType | None) -> Iterator[FunctionType]:
        """The decorated functions in whose decorators, and not in themselves, the frame is."""
        seen: set[CodeType] = set()
        while frame is not None:
            code = frame.f_code
            for function in self.by_code.get(code, ()):
                inner = function.__wrapped__.__code__  # type: ignore[attr-defined]
                if inner not in seen and _is_running(function, frame):
                    yield function
            seen.add(code)
            frame = frame.f_back


def _is_running(function: FunctionType, frame: FrameType) -> bool:
    """Whether it is this function, of all that one decorator made, that runs in the frame."""
    variables = frame.f_locals
    for name, cell in zip(frame.f_code.co_freevars, function.__closure__ or (), strict=False):
        with suppress(ValueError):
            if name in variables and variables[name] is not cell.cell_contents:
                return False
    return True


class WatchingTrace(list[TraceItem]):
    """A trace that takes note of every synchronisation of the project's, and of who used it."""

    def __init__(self, belongs: Callable[[str], bool], decorators: Decorators) -> None:
        super().__init__()
        self.kernel: Any = None
        self.belongs = belongs
        self.decorators = decorators
        self.users: dict[int, set[int]] = defaultdict(set)  #: tasks, by the identity of what
        self.kept: list[Resource] = []  #: so that no other takes its address
        self.seen: dict[tuple[Sighting, int], Sighting] = {}  #: and the resource's identity
        self.has_timers = False
        self.followed: set[str] = set()  #: joins after which their function goes on

    def append(self, item: TraceItem) -> None:
        super().append(item)
        task, kind, resource, site = item
        if kind in ("sleep", "time-out"):
            self.has_timers = True
        if not isinstance(resource, Resource) or site is None:
            return
        if id(resource) not in self.users:
            self.kept.append(resource)
        self.users[id(resource)].add(task)
        frame = sys._getframe(1)
        if kind in ("acquire", "try-acquire"):
            self.take_note_of_acquisition(resource, frame)
        elif kind == "wait":
            self.take_note_of_wait(resource, site, frame)
        elif kind == "join" and isinstance(resource, TaskHandle) and self.belongs(site.file):
            self.users[id(resource)].add(resource.index)
            mutant = self.note(resource, "join", site)
            if not self.is_over_after(frame):
                self.followed.add(mutant)

    def is_over_after(self, frame: FrameType | None) -> bool:
        """Whether all the functions of the project that are under way end with what is done now."""
        is_there = False
        while frame is not None:
            file = frame.f_code.co_filename
            if self.belongs(file):
                is_there = True
                if not is_at_the_end(file, frame.f_lineno):
                    return False
            frame = frame.f_back
        return is_there

    def note(self, resource: Resource, kind: str, site: Site, name: str = "", why: str = "") -> str:
        mutant = str(Mutant(kind, f"{display_path(site.file)}:{site.line}"))
        sighting = Sighting(mutant, name, site.function, why)
        self.seen[sighting, id(resource)] = sighting
        return mutant

    def take_note_of_acquisition(self, resource: Resource, frame: FrameType) -> None:
        caller = direct_caller(frame)
        if caller is None or is_plumbing(caller.f_code.co_filename):
            return  # a standard class's own
        made = resource.made_at
        if made is not None and self.belongs(made.file):
            kind = "lock" if isinstance(resource, Mutex) else "semaphore"
            self.note(resource, kind, made, name_given(made.file, made.line))
        for function in self.decorators.around(frame):
            name = name_of(function)
            if name:
                sighting = Sighting(f"decorator {name}", function.__qualname__.rpartition(".")[2])
                self.seen[sighting, id(resource)] = sighting

    def take_note_of_wait(self, resource: Resource, site: Site, frame: FrameType) -> None:
        if not self.belongs(site.file):
            return
        caller = direct_caller(frame)
        code = caller.f_code if caller is not None else None
        if code is None:
            return
        self.users[id(resource)].update((-1, -2))  # whom it waits for comes too late to be seen
        if not is_plumbing(code.co_filename):
            loops = resource.kind == "Condition" and asks_again(site.file, site.line)
            self.note(resource, "wait", site, why=_IN_A_LOOP if loops else "")
        elif code.co_filename.endswith("queue.py"):
            self.note(resource, "wait", site, why=_QUEUE_WAITS.get(code.co_name, _GIVES_A_VALUE))
        else:
            self.note(resource, "wait", site, why=_GIVES_A_VALUE)

    def found(self) -> list[Sighting]:
        """What at least two tasks used."""
        return [sighting for sighting, number in self.seen if len(self.users[number]) > 1]


def direct_caller(frame: FrameType | None) -> FrameType | None:
    """The innermost frame that is neither ours nor passes on what it was asked for."""
    while frame is not None:
        file = frame.f_code.co_filename
        if not is_ours(file) and file not in _PASSING_ON:
            return frame
        frame = frame.f_back
    return None


def name_of(function: FunctionType) -> str:
    """How to name a decorated function so that it is found again; empty where that cannot be."""
    name = f"{function.__module__}:{function.__qualname__}"
    if function.__module__ not in sys.modules:
        return ""
    try:
        target = find_target(name)
        layer: Any = target.function
        while layer is not None and layer is not function:
            name += ".__wrapped__"
            layer = getattr(layer, "__wrapped__", None)
        if layer is None:
            return ""
        undecorated(find_target(name))
    except RacewrightError:
        return ""
    return name
