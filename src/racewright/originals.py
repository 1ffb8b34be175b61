"""The real standard library, taken before anything is replaced.

Everything below that must work *outside* the controlled world (the watchdog, the clock's real side,
the primitives when no run is under way) takes its functions from here. This module is a leaf: it
imports nothing of ours, and it must be imported before :mod:`racewright.interpose` installs
control.
"""

from __future__ import annotations

import _thread
import datetime
import importlib.util
import os
import queue
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from importlib.machinery import BuiltinImporter
from types import BuiltinFunctionType
from typing import Any

__all__ = [
    "RLock",
    "SimpleQueue",
    "allocate_lock",
    "count",
    "current_thread",
    "date_class",
    "datetime_class",
    "exit_now",
    "fork",
    "get_handler",
    "get_ident",
    "get_native_id",
    "getframe",
    "getpid",
    "local",
    "lock_type",
    "main_thread",
    "make_thread_handle",
    "monotonic",
    "monotonic_ns",
    "perf_counter",
    "perf_counter_ns",
    "process_time",
    "rlock_type",
    "seed",
    "set_handler",
    "set_sentinel",
    "set_timer",
    "sleep",
    "start_joinable_thread",
    "start_new_thread",
    "thread_excepthook",
    "thread_handle",
    "time_ns",
    "urandom",
    "wall_time",
]


def _get_ident() -> Callable[[], int]:
    """The interpreter's own, also where eventlet or gevent came before us: theirs tells greenlets
    apart, and not the threads that :func:`sys._current_frames` knows."""
    spec = None
    if not isinstance(_thread.get_ident, BuiltinFunctionType):
        spec = BuiltinImporter.find_spec("_thread")
    if spec is None or spec.loader is None:
        return _thread.get_ident
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    ident: Callable[[], int] = fresh.get_ident
    return ident


allocate_lock = _thread.allocate_lock
lock_type = type(allocate_lock())
RLock = _thread.RLock
rlock_type = type(RLock())
local = _thread._local
get_ident = _get_ident()
get_native_id = _thread.get_native_id
start_new_thread = _thread.start_new_thread
start_joinable_thread: Any = getattr(_thread, "start_joinable_thread", None)  # 3.13 and later
thread_handle: Any = getattr(_thread, "_ThreadHandle", None)
make_thread_handle: Any = getattr(_thread, "_make_thread_handle", None)
set_sentinel: Any = getattr(_thread, "_set_sentinel", None)  # before 3.13
count: Any = vars(_thread)["_count"]
SimpleQueue = queue.SimpleQueue
current_thread = threading.current_thread
main_thread = threading.main_thread
thread_excepthook = threading.__excepthook__

sleep = time.sleep
wall_time = time.time
time_ns = time.time_ns
monotonic = time.monotonic
monotonic_ns = time.monotonic_ns
process_time = time.process_time
perf_counter = time.perf_counter
perf_counter_ns = time.perf_counter_ns

datetime_class = datetime.datetime
date_class = datetime.date
urandom = os.urandom
getpid = os.getpid
fork = os.fork
exit_now = os._exit
seed = random.seed
getframe = sys._getframe
# Those of `signal` turn numbers into enumerations and back, which takes longer than the calls.
set_handler: Any = vars(signal)["_signal"].signal
get_handler: Any = vars(signal)["_signal"].getsignal
set_timer = signal.setitimer
