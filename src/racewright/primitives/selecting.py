"""Waiting for input: ``selectors`` under control, so that an event loop is one task among others.

A real selector is asked without waiting. While nothing is ready its task waits as any other does,
until its time-out (virtual) is over or something is ready. It is asked again when a task writes to
what wakes an event loop, when nobody else can run, and once in a while; when nobody can run and no
timer is left, real time passes, for what is outside our control may still answer.
"""

from __future__ import annotations

import selectors
from collections.abc import Callable, Iterator
from typing import Any

from racewright.kernel.scheduler import Kernel, here
from racewright.kernel.sites import caller_site
from racewright.model.operation import Resource

__all__ = ["REPLACEMENTS", "classes_with", "wrap"]


class SelectorPoller:
    """One task's wait in a selector."""

    def __init__(
        self,
        kernel: Kernel,
        resource: Resource,
        select: Callable[[float], Any],
        *,
        is_external: bool,
    ) -> None:
        self.is_external = is_external
        self.kernel = kernel
        self.resource = resource
        self.select = select
        self.ready: Any = None

    def poll(self, seconds: float) -> bool:
        if self.ready:
            return True
        self.ready = self.select(seconds)
        if self.ready:
            self.kernel.unlock(self.resource)
            return True
        return False


def _select(original: Callable[..., Any], self: Any, timeout: float | None = None) -> Any:
    kernel = here()
    if kernel is None or kernel.is_over:
        return original(self, timeout)
    resource = Resource("selector")
    site = caller_site()
    ready = original(self, 0)
    if ready or (timeout is not None and timeout <= 0):
        kernel.point("select", resource, site)
        return ready
    resource.is_closed = True
    poller = SelectorPoller(
        kernel, resource, lambda seconds: original(self, seconds), is_external=_is_external(self)
    )
    kernel.pollers.append(poller)
    try:
        kernel.enter("select", resource, site, timeout)
    finally:
        kernel.pollers.remove(poller)
    return poller.ready or original(self, 0)


def _is_external(selector: Any) -> bool:
    """Whether it watches more than the pipe by which an event loop is woken by its own process."""
    files = selector.get_map()
    return files is None or not all(_is_own_pipe(key) for key in files.values())


def _is_own_pipe(key: selectors.SelectorKey) -> bool:
    reader = key.data[0] if isinstance(key.data, tuple) and key.data else None
    return getattr(getattr(reader, "_callback", None), "__name__", "") == "_read_from_self"


def _wake(original: Callable[..., Any], self: Any) -> Any:
    """``_write_to_self`` of an event loop: somebody calls it from another task."""
    result = original(self)
    kernel = here()
    if kernel is not None and not kernel.is_over:
        for poller in list(kernel.pollers):
            poller.poll(0)
        kernel.point("put", ("event loop", id(self)), caller_site())
    return result


def _run_forever(original: Callable[..., Any], self: Any) -> Any:
    """An event loop runs: it is one task for us, and chooses by itself among its own."""
    kernel = here()
    if kernel is not None and _OWN_ORDER not in kernel.uncontrolled:
        kernel.uncontrolled.append(_OWN_ORDER)
    return original(self)


_OWN_ORDER = "the order in which an event loop of asyncio runs its own tasks"

REPLACEMENTS: dict[str, Callable[..., Any]] = {
    "select": _select,
    "_write_to_self": _wake,
    "run_forever": _run_forever,
}


def classes_with(name: str) -> Iterator[type]:
    """The classes whose method of that name is to be replaced."""
    if name == "select":
        for kind in ("SelectSelector", "PollSelector", "EpollSelector", "KqueueSelector"):
            owner = getattr(selectors, kind, None)
            if owner is not None and "select" in vars(owner):
                yield owner
        base = getattr(selectors, "_PollLikeSelector", None)
        if base is not None and "select" in vars(base):
            yield base
    elif name == "run_forever":
        import asyncio.base_events

        yield asyncio.base_events.BaseEventLoop
    else:
        import asyncio.selector_events

        yield asyncio.selector_events.BaseSelectorEventLoop


def wrap(name: str, original: Callable[..., Any], replacement: Callable[..., Any]) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return replacement(original, self, *args, **kwargs)

    method.__name__ = name
    return method
