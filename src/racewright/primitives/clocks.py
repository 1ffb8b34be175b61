"""``time`` and ``datetime`` under a virtual clock."""

from __future__ import annotations

import copyreg
import datetime as datetime_module
import sched
from typing import Any

from racewright import originals
from racewright.kernel.clock import NANOSECONDS
from racewright.kernel.scheduler import Kernel, here
from racewright.kernel.sites import caller_site
from racewright.model.operation import Resource

__all__ = [
    "VirtualDate",
    "VirtualDatetime",
    "let_pickle",
    "monotonic",
    "monotonic_ns",
    "perf_counter",
    "perf_counter_ns",
    "scheduler_init",
    "sleep",
    "time",
    "time_ns",
]

#: What a sleeping task is on.
CLOCK = Resource("clock")


def sleep(seconds: float, /) -> None:
    kernel = here()
    if kernel is None:
        originals.sleep(seconds)
        return
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    kernel.rest(float(seconds), CLOCK, caller_site())


def _virtual() -> Kernel | None:
    kernel = here()
    return kernel if kernel is not None and kernel.clock.is_virtual else None


def time() -> float:
    kernel = _virtual()
    if kernel is None:
        return originals.wall_time()
    return (kernel.clock.epoch_ns + kernel.clock.read()) / NANOSECONDS


def time_ns() -> int:
    kernel = _virtual()
    if kernel is None:
        return originals.time_ns()
    return kernel.clock.epoch_ns + kernel.clock.read()


def monotonic() -> float:
    kernel = _virtual()
    if kernel is None:
        return originals.monotonic()
    return (kernel.clock.monotonic_ns + kernel.clock.read()) / NANOSECONDS


def monotonic_ns() -> int:
    kernel = _virtual()
    if kernel is None:
        return originals.monotonic_ns()
    return kernel.clock.monotonic_ns + kernel.clock.read()


def perf_counter() -> float:
    return monotonic() if _virtual() is not None else originals.perf_counter()


def perf_counter_ns() -> int:
    return monotonic_ns() if _virtual() is not None else originals.perf_counter_ns()


_scheduler_init: Any = sched.scheduler.__init__


def scheduler_init(self: Any, timefunc: Any = monotonic, delayfunc: Any = sleep) -> None:
    """``sched.scheduler.__init__``, whose own defaults hold the functions that were there first."""
    _scheduler_init(self, timefunc, delayfunc)


class _Facade(type):
    """A class that stands before another: instances of that one count as its own."""

    def __instancecheck__(cls, instance: object) -> bool:
        real = _REAL.get(cls)
        return isinstance(instance, real) if real else type.__instancecheck__(cls, instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        real = _REAL.get(cls)
        return issubclass(subclass, real) if real else type.__subclasscheck__(cls, subclass)


class VirtualDatetime(originals.datetime_class, metaclass=_Facade):
    """``datetime.datetime`` whose now is the run's. What it makes are real datetimes."""

    __slots__ = ()  # as large as the real one: compiled extensions look

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is VirtualDatetime:
            return originals.datetime_class(*args, **kwargs)
        return originals.datetime_class.__new__(cls, *args, **kwargs)

    @classmethod
    def now(cls, tz: datetime_module.tzinfo | None = None) -> Any:
        if _virtual() is None:
            return _maker(cls).now(tz)
        return _maker(cls).fromtimestamp(time(), tz)

    @classmethod
    def today(cls) -> Any:
        return cls.now()

    @classmethod
    def utcnow(cls) -> Any:
        if _virtual() is None:
            return _maker(cls).utcnow()
        now = originals.datetime_class.fromtimestamp(time(), datetime_module.timezone.utc)
        return now.replace(tzinfo=None)


class VirtualDate(originals.date_class, metaclass=_Facade):
    """``datetime.date`` whose today is the run's."""

    __slots__ = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is VirtualDate:
            return originals.date_class(*args, **kwargs)
        return originals.date_class.__new__(cls, *args, **kwargs)

    @classmethod
    def today(cls) -> Any:
        if _virtual() is None:
            return originals.date_class.today()
        return originals.date_class.fromtimestamp(time())


def _maker(cls: type) -> Any:
    return originals.datetime_class if cls is VirtualDatetime else super(VirtualDatetime, cls)


for _name in ("VirtualDatetime", "VirtualDate"):
    globals()[_name].__name__ = globals()[_name].__qualname__ = _name[7:].lower()
    globals()[_name].__module__ = "datetime"

_REAL: dict[type, type] = {
    VirtualDatetime: originals.datetime_class,
    VirtualDate: originals.date_class,
}
_FACADES: dict[type, type] = {real: facade for facade, real in _REAL.items()}


def let_pickle(is_controlled: bool) -> None:
    """Have real datetimes pickled as what their name leads to: under control, the facades."""
    for real in _FACADES:
        if is_controlled:
            copyreg.dispatch_table[real] = _reduce
        else:
            copyreg.dispatch_table.pop(real, None)


def _reduce(moment: Any) -> tuple[Any, ...]:
    kind, *rest = moment.__reduce_ex__(4)  # earlier protocols forget the fold
    return (_FACADES[kind], *rest)
