"""What can be seen of tasks that nobody controls: their stacks, and what these say of waiting."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from racewright import originals
from racewright.kernel.sites import is_ours, is_plumbing
from racewright.kernel.stacks import stack_of
from racewright.originals import getframe
from racewright.scenarios.order import Hold, Order
from racewright.scenarios.proof import codes_of, coroutine_stack, frames_of, shared_place
from racewright.scenarios.stuck import Stuck

__all__ = ["current_greenlet", "look_around"]

_threading: Any = threading
#: Where a task waits that has come to the end of the block.
_AT_THE_END = ("running_free.py", "wait", "wait_awaiting")


def current_greenlet() -> Any:
    """The greenlet that runs, where anybody uses greenlets."""
    module = sys.modules.get("greenlet")
    return None if module is None else module.getcurrent()


def look_around(order: Order, numbers: Mapping[int, int]) -> tuple[Stuck, ...]:
    """Every task that can be seen, as it stands now; ``numbers`` are of those without a name."""
    point = order.points[order.turn]
    due = codes_of(point)
    found: list[Stuck] = []
    seen = list(_frames(order, numbers))
    held = [(hold, frame) for _, frame, hold in seen if hold is not None]
    for hold in order.held:
        if hold.coroutine is not None:
            found.append(_held(order, hold, hold.who.name, coroutine_stack(hold)))
    for name, frame, mine in seen:
        if mine is not None:
            found.append(_held(order, mine, name, stack_of(frame)))
            continue
        is_due = any(each.f_code in due for each in frames_of(frame)) or (
            point.task is not None and point.is_for((name,))
        )
        suspects = []
        for other, theirs in held:
            place = shared_place(frame, theirs)
            if place or is_due:
                inside = f" inside {place}: both are in that" if place else ""
                suspects.append(f"{other.who.name}, which is held{inside}")
        doing = _doing(frame)
        found.append(
            Stuck(
                name=name,
                state="waits" if doing.startswith("is in") else "is",
                is_due=is_due,
                doing=doing,
                suspects=tuple(suspects),
                stack=stack_of(frame),
            )
        )
    return tuple(found)


def _held(order: Order, hold: Hold, name: str, stack: Any) -> Stuck:
    return Stuck(name=name, state="held", point=order.points[hold.index].label, stack=stack)


def _frames(
    order: Order, numbers: Mapping[int, int]
) -> Iterator[tuple[str, FrameType, Hold | None]]:
    """Threads, then greenlets: name, innermost frame, and where the task is held, if it is."""
    holds = [hold for hold in order.held if hold.coroutine is None]
    me, mine = originals.get_ident(), current_greenlet()
    names = {**{ident: f"task {number}" for ident, number in numbers.items()}, **_names()}
    for ident, frame in sorted(sys._current_frames().items()):
        running: FrameType | None = getframe(2) if ident == me else frame
        here = [
            hold
            for hold in holds
            if hold.ident == ident and _has_turn(hold, mine if ident == me else None)
        ]
        hold = here[0] if here else None
        if running is not None:
            name = hold.who.name if hold else names.get(ident, f"thread {ident}")
            if mine is not None and ident == me:
                name = hold.who.name if hold else names.get(id(mine), name)
            yield name, running, hold
    for number, each in enumerate(_suspended_greenlets(), 1):
        hold = next((hold for hold in holds if hold.greenlet is each), None)
        name = hold.who.name if hold else names.get(id(each), f"greenlet {number}")
        yield name, each.gr_frame, hold


def _has_turn(hold: Hold, running: Any) -> bool:
    """Whether the greenlet that is held is the one its thread runs."""
    greenlet = hold.greenlet
    return greenlet is None or greenlet is running or greenlet.gr_frame is None


def _names() -> dict[int, str]:
    """What ``threading`` calls them, by what it knows them by: threads, or greenlets."""
    names = {ident: thread.name for ident, thread in list(_threading._active.items())}
    names[originals.main_thread().ident or 0] = "main"
    for ident, thread in list(_threading._active.items()):
        if thread is _threading._main_thread:
            names[ident] = "main"
    return names


def _suspended_greenlets() -> list[Any]:
    module = sys.modules.get("greenlet")
    if module is None:
        return []
    return [
        each
        for each in gc.get_objects()
        if isinstance(each, module.greenlet)
        and each.gr_frame is not None
        and not _is_one_of_ours(each.gr_frame)
    ]


def _is_one_of_ours(frame: FrameType) -> bool:
    """Whether it is a greenlet that carries tasks of controlled runs, and now carries none."""
    return all(is_ours(each.f_code.co_filename) for each in frames_of(frame))


def _doing(frame: FrameType) -> str:
    """What the innermost frames say that it waits in: ``is in Thread.join of reader``."""
    called: FrameType | None = None
    for each in frames_of(frame):
        if each.f_code.co_filename.endswith(_AT_THE_END[0]) and each.f_code.co_name in _AT_THE_END:
            return "is at the end of the scenario"
        if not is_plumbing(each.f_code.co_filename):
            break
        if not is_ours(each.f_code.co_filename):
            called = each
    if called is None:
        stack = stack_of(frame)
        return f"is at {stack[-1].text}" if stack and stack[-1].text else "runs"
    name = getattr(called.f_code, "co_qualname", called.f_code.co_name)
    owner = called.f_locals.get("self")
    of = f" of {owner.name}" if isinstance(owner, threading.Thread) else ""
    return f"is in {name}{of}"
