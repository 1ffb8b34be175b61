"""What two traces have in common: the hash of an equivalence class, and the events that matter.

Two traces are equivalent (Mazurkiewicz) when they order every pair of conflicting events alike. So
the class of a trace is told by the order of the events on each resource, where reads between two
writes are a set. An event is named by its task and its place in it, and a resource by its events:
no address enters.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from racewright import hot
from racewright.model.operation import READS, Site

__all__ = ["class_of", "contended"]

_Item = tuple[int, str, Hashable, "Site | None"]


def class_of(trace: Sequence[_Item]) -> int:
    """A hash that is equal for equivalent traces (and, but for collisions, for no others)."""
    events: dict[int, int] = {}  # task -> the number of its last event, and its own, as one
    #: resource -> (events up to the last write, each write with its kind; the reads since)
    orders: dict[Hashable, tuple[list[Hashable], list[int]]] = {}
    for task, kind, resource, _ in trace:
        event = events[task] = events.get(task, task << 40) + 1
        order = orders.get(resource)
        if order is None:
            order = orders[resource] = ([], [])
        if kind in READS:
            order[1].append(event)
            continue
        before, reads = order
        if reads:
            reads.sort()
            before += reads
            reads.clear()
        before.append(event)
        before.append(kind)
    # Which numbers are writes is told by the words that follow them.
    return hash(frozenset(hash((*before, *sorted(reads))) for before, reads in orders.values()))


def contended(trace: Sequence[_Item]) -> set[Hashable]:
    """The resources that two tasks touched, at least one of them not only reading."""
    first: dict[Hashable, int] = {}
    several: set[Hashable] = set()
    written: set[Hashable] = set()
    for task, kind, resource, _ in trace:
        if first.setdefault(resource, task) != task:
            several.add(resource)
        if kind not in READS:
            written.add(resource)
    return several & written


if hot.module is not None:
    hot.module.bind_reads(READS)
    class_of = hot.module.class_of
