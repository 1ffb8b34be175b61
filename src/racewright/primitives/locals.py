"""``threading.local`` under control: each task has a namespace of its own, on any carrier.

As in the pure-Python ``_threading_local`` of the standard library, an access first puts the
namespace of whoever asks in place of the instance's ``__dict__``. Nobody comes between the two in a
run; outside, a real lock sees to that. A task's namespaces die with it; outside a run a real
``threading.local`` says whose turn it is.
"""

from __future__ import annotations

import weakref
from typing import Any

from racewright import originals
from racewright.kernel.scheduler import STATE, here

__all__ = ["local"]

_get = object.__getattribute__
_set = object.__setattr__


class Namespaces:
    """The namespaces of one ``local``, by OS thread; by task they are kept with the task."""

    __slots__ = ("__weakref__", "args", "by_thread", "key", "kwargs", "lock")

    count = 0

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.args = args
        self.kwargs = kwargs
        self.by_thread: Any = originals.local()
        self.lock = originals.RLock()
        Namespaces.count += 1
        self.key = Namespaces.count


class local:
    """Attributes that are each task's own."""

    __slots__ = ("__dict__", "__weakref__", "_racewright_namespaces")

    def __new__(cls, /, *args: Any, **kwargs: Any) -> local:
        if (args or kwargs) and cls.__init__ is object.__init__:
            raise TypeError("Initialization arguments are not supported")
        self = object.__new__(cls)
        spaces = Namespaces(args, kwargs)
        _set(self, "_racewright_namespaces", spaces)
        # The creator's __init__ is called by type.__call__, so its namespace exists from the start.
        _namespaces_here(spaces)[spaces.key] = {}
        _set(self, "__dict__", _namespaces_here(spaces)[spaces.key])
        weakref.finalize(self, _forget, spaces.key).atexit = False
        return self

    def __getattribute__(self, name: str) -> Any:
        if STATE.kernel is not None:
            _patch(self)
            return _get(self, name)
        with _get(self, "_racewright_namespaces").lock:
            _patch(self)
            return _get(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "__dict__":
            raise AttributeError(
                f"{type(self).__name__!r} object attribute '__dict__' is read-only"
            )
        if STATE.kernel is not None:
            _patch(self)
            _set(self, name, value)
            return
        with _get(self, "_racewright_namespaces").lock:
            _patch(self)
            _set(self, name, value)

    def __delattr__(self, name: str) -> None:
        if name == "__dict__":
            raise AttributeError(
                f"{type(self).__name__!r} object attribute '__dict__' is read-only"
            )
        if STATE.kernel is not None:
            _patch(self)
            object.__delattr__(self, name)
            return
        with _get(self, "_racewright_namespaces").lock:
            _patch(self)
            object.__delattr__(self, name)


def _namespaces_here(spaces: Namespaces) -> dict[int, dict[str, Any]]:
    kernel = here()
    if kernel is not None and kernel.current.index:
        return kernel.current.locals
    table: dict[int, dict[str, Any]] = spaces.by_thread.__dict__
    return table


def _patch(self: local) -> None:
    spaces: Namespaces = _get(self, "_racewright_namespaces")
    table = _namespaces_here(spaces)
    namespace = table.get(spaces.key)
    if namespace is not None:
        _set(self, "__dict__", namespace)
        return
    table[spaces.key] = namespace = {}
    _set(self, "__dict__", namespace)
    cls = type(self)
    if cls.__init__ is not object.__init__:
        cls.__init__(self, *spaces.args, **spaces.kwargs)
        _set(self, "__dict__", namespace)  # others may have had their turn in between


def _forget(key: int) -> None:
    """A ``local`` is gone: what the tasks of the run under way kept for it goes with it."""
    kernel = here()
    if kernel is not None:
        for task in kernel.tasks:
            task.locals.pop(key, None)
