"""What a scenario's errors say: the next point, who should have reached it, what keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from racewright.scenarios.order import Order
from racewright.scenarios.stuck import Stuck

__all__ = ["happened", "impossible", "never_held", "not_reached"]


def impossible(order: Order, tasks: Sequence[Stuck], horizon: str) -> str:
    """For :class:`~racewright.errors.OrderImpossible`."""
    return _message(f"{_next(order)} cannot be reached", order, tasks, horizon)


def not_reached(order: Order, tasks: Sequence[Stuck], horizon: str) -> str:
    """For :class:`~racewright.errors.OrderNotReached`."""
    return _message(f"{_next(order)} was not reached", order, tasks, horizon)


def never_held(order: Order, tasks: Sequence[Stuck], horizon: str) -> str:
    """An order that should be impossible, and for which nobody was ever held."""
    head = (
        f"{_next(order)} was not reached, but nobody was held for it: "
        "that does not show that the order is impossible"
    )
    return _message(head, order, tasks, horizon)


def happened(order: Order) -> str:
    """For :class:`~racewright.errors.OrderHappened`."""
    head = "the order that was said to be impossible happened"
    return f"{head}\n{order.story.draw()}"


def _next(order: Order) -> str:
    return f"point {order.turn + 1}, {order.points[order.turn].label},"


def _message(head: str, order: Order, tasks: Sequence[Stuck], horizon: str) -> str:
    due = next((task for task in tasks if task.is_due), None)
    if due is not None:
        head += f": {due.name}, which should reach it, {_clause(due)}"
    parts = [head.replace(",:", ":")]
    if horizon:
        parts.append(horizon)
    parts += ["", order.story.draw(), "", "The tasks, as they stood then:"]
    for task in sorted(tasks, key=_importance):
        parts += _lines_of(task)
    return "\n".join(parts)


def _importance(task: Stuck) -> int:
    return 0 if task.is_due else 1 if task.state == "held" else 2 if _is_told(task) else 3


def _is_told(task: Stuck) -> bool:
    """Whether its whole stack is worth telling: timers go on in any case."""
    return task.is_due or task.state != "sleeps"


def _clause(task: Stuck) -> str:
    if task.state == "held":
        return f"is held at {task.point}"
    if task.state in ("waits", "sleeps"):
        words = task.doing if task.doing.startswith(("is ", "waits ")) else f"waits: {task.doing}"
    else:
        words = task.doing or "could run"
    if task.taken_at:
        words += f", which {task.holder} took at {task.taken_at}"
    return words


def _lines_of(task: Stuck) -> Iterator[str]:
    yield f"  {task.name} {_clause(task)}"
    for suspect in task.suspects:
        yield f"    probably held by {suspect}"
    frames = task.stack if _is_told(task) else task.stack[-1:]
    for frame in frames:
        yield f"      {frame.file}:{frame.line} in {frame.function}"
        if frame.text:
            yield f"        {frame.text}"
