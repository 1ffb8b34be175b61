"""What two traces have in common: the hash of an equivalence class, and the events that matter.

Two traces are equivalent (Mazurkiewicz) when they order every pair of conflicting events alike. So
the class of a trace is told by the order of the events on each resource, where reads between two
writes are a set. An event is named by its task and its place in it, and a resource by its events:
no address enters.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from racewright.model.operation import READS, Site

__all__ = ["class_of", "contended"]

_Item = tuple[int, str, Hashable, "Site | None"]


def class_of(trace: Sequence[_Item]) -> int:
    """A hash that is equal for equivalent traces (and, but for collisions, for no others)."""
    counts: dict[int, int] = {}
    orders: dict[Hashable, list[int]] = {}  # resource -> [hash up to the last write, reads since]
    for task, kind, resource, _ in trace:
        count = counts[task] = counts.get(task, 0) + 1
        event = hash((task, count))
        order = orders.get(resource)
        if order is None:
            order = orders[resource] = [0, 0]
        if kind in READS:
            order[1] = (order[1] + event) & 0xFFFFFFFFFFFFFFFF
        else:
            order[0] = hash((order[0], order[1], event, kind))
            order[1] = 0
    return hash(frozenset(hash((before, reads)) for before, reads in orders.values()))


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
