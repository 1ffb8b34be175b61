"""The table that says which name of the standard library becomes what, and its installation.

Control is *installed* once in a process, before the target is imported, and the replacements behave
as the originals outside a run. Names are replaced where they are defined, and wherever a module
already holds a copy; methods of CPython's own classes are replaced in place, so that every copy and
every subclass has them.
"""

from __future__ import annotations

import _queue
import _thread
import builtins
import concurrent.futures.thread
import datetime
import functools
import logging
import os
import queue
import random
import sched
import selectors
import subprocess
import sys
import threading
import time
from typing import Any

from racewright import originals
from racewright.interpose import entropy
from racewright.interpose.fresh import FreshModules
from racewright.interpose.patching import Patches
from racewright.primitives import (
    clocks,
    conditions,
    exits,
    files,
    forks,
    identities,
    locals,
    locks,
    queues,
    raw_threads,
    selecting,
    threads,
)

__all__ = ["install", "is_installed", "uninstall"]

#: Packages whose own copies of the originals stay: ours, and what the carriers are made of.
KEEP = ("racewright", "greenlet", "_pytest.faulthandler", "faulthandler", "posix", "_io")

#: (module, name, replacement); copies elsewhere follow.
NAMES: list[tuple[Any, str, Any]] = [
    (_thread, "allocate_lock", locks.Lock),
    (_thread, "allocate", locks.Lock),
    (_thread, "lock", locks.Lock),
    (_thread, "LockType", locks.Lock),
    (_thread, "RLock", locks.RLock),
    (_thread, "_local", locals.local),
    (_thread, "get_ident", threads.get_ident),
    (_thread, "get_native_id", threads.get_native_id),
    (_thread, "start_new_thread", raw_threads.start_new_thread),
    (_thread, "start_new", raw_threads.start_new_thread),
    (_thread, "start_joinable_thread", raw_threads.start_joinable_thread),
    (_thread, "_ThreadHandle", raw_threads.Handle),
    (_thread, "_make_thread_handle", raw_threads.make_thread_handle),
    (_thread, "_set_sentinel", raw_threads.set_sentinel),
    (_thread, "_count", raw_threads.count),
    (threading, "Lock", locks.Lock),
    (threading, "RLock", locks.RLock),
    (threading, "_RLock", locks.RLock),
    (threading, "_PyRLock", locks.RLock),
    (threading, "_CRLock", locks.RLock),
    (threading, "local", locals.local),
    (_queue, "SimpleQueue", queues.SimpleQueue),
    (_queue, "Empty", queue.Empty),  # what ours raises, also in a fresh copy
    (queue, "SimpleQueue", queues.SimpleQueue),
    (time, "sleep", clocks.sleep),
    (time, "time", clocks.time),
    (time, "time_ns", clocks.time_ns),
    (time, "monotonic", clocks.monotonic),
    (time, "monotonic_ns", clocks.monotonic_ns),
    (time, "perf_counter", clocks.perf_counter),
    (time, "perf_counter_ns", clocks.perf_counter_ns),
    (os, "_exit", exits.exit_now),
    (os, "fork", forks.fork),
    (os, "chdir", files.change_directory),
    (builtins, "id", identities.order_of),
    (datetime, "datetime", clocks.VirtualDatetime),
    (datetime, "date", clocks.VirtualDate),
]

#: (class, method, replacement)
METHODS: list[tuple[type, str, Any]] = [
    (threading.Thread, "start", threads.thread_start),
    (threading.Thread, "join", threads.thread_join),
    (threading.Thread, "is_alive", threads.thread_is_alive),
    (threading.Condition, "wait", conditions.condition_wait),
    (threading.Condition, "notify", conditions.condition_notify),
    (threading.Event, "__init__", conditions.event_init),
    (threading.Event, "is_set", conditions.event_is_set),
    (threading.Event, "set", conditions.event_set),
    (threading.Event, "clear", conditions.event_clear),
    (threading.Event, "wait", conditions.event_wait),
    (threading.Semaphore, "__init__", conditions.semaphore_init),
    (threading.Semaphore, "acquire", conditions.semaphore_acquire),
    (threading.Semaphore, "__enter__", conditions.semaphore_acquire),
    (threading.Semaphore, "release", conditions.semaphore_release),
    (threading.BoundedSemaphore, "release", conditions.bounded_semaphore_release),
    (threading.Barrier, "__init__", conditions.barrier_init),
    (threading.Barrier, "wait", conditions.barrier_wait),
    (subprocess.Popen, "_execute_child", forks.popen_execute_child),
    (queue.Queue, "__init__", queues.queue_init),
    (sched.scheduler, "__init__", clocks.scheduler_init),
    *[
        (queue.Queue, name, queues.announced(getattr(queue.Queue, name), kind))
        for name, kind in (
            ("put", "put"),
            ("get", "get"),
            ("task_done", "put"),
            ("join", "get"),
            ("qsize", "peek"),
            ("empty", "peek"),
            ("full", "peek"),
            ("shutdown", "put"),
        )
        if hasattr(queue.Queue, name)
    ],
]


class Control:
    """What is installed in this process: at most one of these is."""

    def __init__(self) -> None:
        self.patches: Patches | None = None
        self.finder = FreshModules(
            {
                module.__name__: {name: new for owner, name, new in NAMES if owner is module}
                for module in (_queue, _thread, time)
            }
        )


_CONTROL = Control()


def is_installed() -> bool:
    return _CONTROL.patches is not None


def install() -> None:
    """Take control of the names. Idempotent."""
    if _CONTROL.patches is not None:
        return
    patches = Patches()
    copies: dict[int, Any] = {}
    for module, name, replacement in NAMES:
        original = vars(module).get(name)
        if original is None:
            continue
        if module is not threading or not name.startswith("_"):
            copies[id(original)] = replacement
        patches.replace(module, name, replacement)
    for owner, name, replacement in METHODS:
        if name in vars(owner):
            original = vars(owner)[name]
            functools.update_wrapper(
                replacement, original, assigned=("__doc__", "__name__", "__qualname__")
            ) if callable(original) and not hasattr(replacement, "__wrapped__") else None
            patches.replace(owner, name, replacement)
    for name, replacement in selecting.REPLACEMENTS.items():
        for owner in selecting.classes_with(name):
            patches.replace(owner, name, selecting.wrap(name, vars(owner)[name], replacement))
    for owner in identities.CLASSES:
        patches.replace(owner, "__hash__", identities.hash_of)
    _replace_files(patches, copies)
    entropy.install(patches)
    patches.replace_copies(copies, keep=KEEP)
    _replace_locks(patches)
    sys.meta_path.insert(0, _CONTROL.finder)
    clocks.let_pickle(is_controlled=True)
    _CONTROL.patches = patches


def uninstall() -> tuple[str, ...]:
    """Give every name back, but for those that somebody else has replaced since, which it returns.

    Objects made in between keep their classes and behave natively.
    """
    patches = _CONTROL.patches
    _CONTROL.patches = None
    if _CONTROL.finder in sys.meta_path:
        sys.meta_path.remove(_CONTROL.finder)
    clocks.let_pickle(is_controlled=False)
    return patches.undo() if patches is not None else ()


def _replace_files(patches: Patches, copies: dict[int, Any]) -> None:
    """Functions of the file system, and what else knows them by their identity."""
    mine: dict[int, Any] = {}
    for module, name in files.functions():
        original = vars(module)[name]
        if id(original) not in mine:
            mine[id(original)] = files.announced(original, module.__name__)
        patches.replace(module, name, mine[id(original)])
    for name, members in files.sets_of_functions():
        also = {mine[id(member)] for member in members if id(member) in mine}
        patches.replace(os, name, members | also)
    for owner in files.copies_in_classes():
        for name, value in list(vars(owner).items()):
            if id(value) in mine:
                patches.replace(owner, name, staticmethod(mine[id(value)]))
    copies.update(mine)


def _replace_locks(patches: Patches) -> None:
    """Locks that standard modules made before us, which every program uses, become ours."""
    for name in ("_active_limbo_lock", "_shutdown_locks_lock"):
        if hasattr(threading, name):
            patches.replace(threading, name, _quiet(getattr(threading, name)))
    if hasattr(threading, "_thread_local_info"):  # 3.13 and later: what dies with a thread
        patches.replace(threading, "_thread_local_info", locals.local())
    # Taken whenever a logger first asks for its level, whose answer it keeps: were that an event,
    # the first execution in a process would differ from all others.
    patches.replace(logging, "_lock", locks.RLock(is_quiet=True))
    for handler in [reference() for reference in getattr(logging, "_handlerList", [])]:
        if handler is not None and handler.lock is not None:
            patches.replace(handler, "lock", locks.RLock())
    futures: Any = concurrent.futures.thread
    patches.replace(futures, "_global_shutdown_lock", locks.Lock())


def _quiet(lock: Any) -> Any:
    return lock if isinstance(lock, (locks.Lock, locks.RLock)) else locks.RLock(is_quiet=True)


# The modules above are imported here so that their copies exist when `install` looks for them.
_IMPORTED_FIRST = (random, sched, selectors, sys, originals)
