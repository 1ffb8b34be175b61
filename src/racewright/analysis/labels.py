"""Names for what a trace is about: stable from process to process, so no address is in them."""

from __future__ import annotations

from collections.abc import Hashable

from racewright.model.operation import Resource, Site

__all__ = ["Labels"]


class Labels:
    """Numbers resources of a kind in the order in which an execution first touches them."""

    def __init__(self) -> None:
        self._names: dict[int, str] = {}
        self._counts: dict[str, int] = {}
        self._kept: list[Resource] = []
        self._places: dict[Site, str] = {}

    def of(self, resource: Hashable, site: Site | None = None) -> str:
        """``Lock#1``; for a memory location, what the source calls it (``.balance``)."""
        if isinstance(resource, Resource):
            name = self._names.get(id(resource))
            if name is None:
                number = self._counts[resource.kind] = self._counts.get(resource.kind, 0) + 1
                name = self._names[id(resource)] = resource.label(number)
                self._kept.append(resource)
            return name
        if site is not None and site.name:
            return site.name
        if isinstance(resource, tuple) and resource and isinstance(resource[0], str):
            return resource[0]
        return "memory" if resource is not None else ""

    def place(self, site: Site | None) -> str:
        """The site's key, made once: it asks the system for the working directory."""
        if site is None:
            return ""
        key = self._places.get(site)
        if key is None:
            key = self._places[site] = site.key
        return key

    def in_full(self, resource: Hashable, site: Site | None = None) -> str:
        """The label, with the place where a resource was made: ``Lock#1 (bank.py:14)``."""
        label = self.of(resource, site)
        if isinstance(resource, Resource) and resource.made_at is not None:
            return f"{label} ({resource.made_at.short})"
        return label
