"""Traces that do more than grow, and traces as values that another process understands."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from typing import Any

from racewright.analysis.labels import Labels
from racewright.kernel.ledger import TraceItem
from racewright.kernel.scheduler import Kernel
from racewright.model.operation import Site
from racewright.model.schedule import Step

__all__ = ["MAX_STEPS_KEPT", "RecordingTrace", "VerifyingTrace", "digest_of", "step_of", "steps_of"]

#: Steps that a schedule keeps in full; the digest covers the others.
MAX_STEPS_KEPT = 5000


class VerifyingTrace(list[TraceItem]):
    """A trace that compares each event with the step recorded for it, and ends the run at a
    difference."""

    def __init__(self, steps: Sequence[Step]) -> None:
        super().__init__()
        self.steps = steps
        self.labels = Labels()
        self.kernel: Kernel | None = None
        self.difference: tuple[int, Step | None, Step | None] | None = None

    def append(self, item: TraceItem) -> None:
        number = len(self)
        super().append(item)
        if number >= len(self.steps) or self.difference is not None:
            return
        now = step_of(item, self.labels)
        if now != self.steps[number]:
            self.difference = (number, self.steps[number], now)
            kernel = self.kernel
            assert kernel is not None
            kernel.halt("diverged", "divergence", f"step {number + 1}", kernel.current)


class RecordingTrace(list[TraceItem]):
    """A trace that keeps, for each event, the time and the value that was read or written."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel: Kernel | None = None
        self.clocks: list[int] = []
        self.values: dict[int, str] = {}
        self.owners: dict[int, str] = {}
        self._pending: tuple[int, Site, Any] | None = None
        self._numbers: dict[int, str] = {}
        self._counts: dict[str, int] = {}

    def append(self, item: TraceItem) -> None:
        self._settle()
        super().append(item)
        kernel = self.kernel
        self.clocks.append(kernel.clock.now if kernel is not None else 0)

    def note(self, site: Site, owner: object) -> None:
        """The event just appended is about ``owner``."""
        number = len(self) - 1
        self.owners[number] = self._name(owner, site)
        if site.kind == "read":
            self.values[number] = _value(site, owner)
        else:
            # It is about to be written. Nothing else can happen before our next event.
            self._pending = (number, site, owner)

    def _settle(self) -> None:
        if self._pending is not None:
            number, site, owner = self._pending
            self._pending = None
            self.values[number] = _value(site, owner)

    def _name(self, owner: object, site: Site) -> str:
        if not site.member:
            return ""
        name = self._numbers.get(id(owner))
        if name is None:
            kind = owner.__name__ if isinstance(owner, type) else type(owner).__name__
            count = self._counts[kind] = self._counts.get(kind, 0) + 1
            name = self._numbers[id(owner)] = kind if count == 1 else f"{kind}#{count}"
        return name


def _value(site: Site, owner: Any) -> str:
    """What is there now, as short text; nothing of the program's own code is called."""
    try:
        if site.member:
            fields = object.__getattribute__(owner, "__dict__")
            name = site.member[1:]
            if name not in fields:
                slot: Any = getattr(type(owner), name, None)
                if type(slot).__name__ != "member_descriptor":
                    return ""
                value = slot.__get__(owner)
            else:
                value = fields[name]
        elif type(owner).__name__ == "cell":
            value = owner.cell_contents
        else:
            value = owner
    except Exception:
        return ""
    return _short(value)


def _short(value: object, depth: int = 0) -> str:
    if value is None or (
        isinstance(value, (bool, int, float)) and type(value).__module__ == ("builtins")
    ):
        return repr(value)
    if type(value) in (str, bytes):
        text = repr(value)
        return text if len(text) <= 40 else text[:37] + "..."
    if type(value) in (list, tuple, set, frozenset, dict) and depth < 2:
        return _short_container(value, depth)
    return f"<{type(value).__name__}>"


def _short_container(value: Any, depth: int) -> str:
    shown = list(itertools.islice(iter(value), 6))
    if type(value) is dict:
        parts = [f"{_short(key, depth + 1)}: {_short(value[key], depth + 1)}" for key in shown]
    else:
        parts = [_short(item, depth + 1) for item in shown]
    if len(value) > len(shown):
        parts.append("...")
    inner = ", ".join(parts)
    if type(value) is list:
        return f"[{inner}]"
    if type(value) is tuple:
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return f"{{{inner}}}" if value or type(value) is dict else "set()"


def step_of(item: TraceItem, labels: Labels) -> Step:
    task, kind, resource, site = item
    return Step(task, kind, labels.of(resource, site), labels.place(site))


def steps_of(trace: Sequence[TraceItem], labels: Labels | None = None) -> tuple[Step, ...]:
    """The first events of a trace, as a schedule file keeps them."""
    labels = labels or Labels()
    return tuple(step_of(item, labels) for item in trace[:MAX_STEPS_KEPT])


def digest_of(trace: Sequence[TraceItem]) -> str:
    """A digest of every event of a trace, the same in every process."""
    labels = Labels()
    digest = hashlib.sha256()
    for item in trace:
        digest.update(str(step_of(item, labels)).encode("utf-8", "replace"))
        digest.update(b"\n")
    return digest.hexdigest()[:16]
