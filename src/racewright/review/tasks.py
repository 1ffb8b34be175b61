"""What starts a task, and what is a lock: two tables from dotted names.

A call of the first column starts a task that runs the argument of the second; ``many`` says that
one call may start several, or that the pool runs several at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = [
    "BLOCKING",
    "CONDITIONS",
    "EVENTS",
    "LOCKS",
    "QUEUES",
    "REENTRANT",
    "SLEEPS",
    "SPAWNING_DECORATORS",
    "SPAWNS",
    "THREADED",
    "Spawning",
]


@dataclass(frozen=True, slots=True)
class Spawning:
    """How a call starts a task."""

    kind: str
    position: int  #: of the target among the arguments; -1: of every argument
    keyword: str = ""
    is_many: bool = False
    takes_call: bool = False  #: the target is called there: ``create_task(work())``


#: Kinds of tasks that run at the same time as others between any two bytecodes.
THREADED: Final = frozenset({"thread", "pool", "timer", "periodic"})

_POOL = Spawning("pool", 0, "fn")
_POOL_MAP = Spawning("pool", 0, "fn", is_many=True)
_CORO = Spawning("coroutine", 0, "coro", takes_call=True)
_GREEN = Spawning("greenlet", 0)

SPAWNS: Final[dict[str, Spawning]] = {
    "threading.Thread": Spawning("thread", 1, "target"),
    "threading.Timer": Spawning("timer", 1, "function"),
    "_thread.start_new_thread": Spawning("thread", 0, "function"),
    "concurrent.futures.ThreadPoolExecutor.submit": _POOL,
    "concurrent.futures.ThreadPoolExecutor.map": _POOL_MAP,
    "concurrent.futures.thread.ThreadPoolExecutor.submit": _POOL,
    "concurrent.futures.thread.ThreadPoolExecutor.map": _POOL_MAP,
    "futurist.ThreadPoolExecutor.submit": _POOL,
    "futurist.GreenThreadPoolExecutor.submit": _GREEN,
    "multiprocessing.pool.ThreadPool.apply_async": Spawning("pool", 0, "func"),
    "multiprocessing.pool.ThreadPool.map": Spawning("pool", 0, "func", is_many=True),
    "multiprocessing.pool.ThreadPool.imap": Spawning("pool", 0, "func", is_many=True),
    "multiprocessing.pool.ThreadPool.imap_unordered": Spawning("pool", 0, "func", is_many=True),
    "multiprocessing.pool.ThreadPool.map_async": Spawning("pool", 0, "func", is_many=True),
    "multiprocessing.Process": Spawning("process", 1, "target"),
    "concurrent.futures.ProcessPoolExecutor.submit": Spawning("process", 0, "fn"),
    "concurrent.futures.ProcessPoolExecutor.map": Spawning("process", 0, "fn", is_many=True),
    "asyncio.create_task": _CORO,
    "asyncio.ensure_future": Spawning("coroutine", 0, "coro_or_future", takes_call=True),
    "asyncio.gather": Spawning("coroutine", -1, takes_call=True),
    "asyncio.TaskGroup.create_task": _CORO,
    "asyncio.run_coroutine_threadsafe": _CORO,
    "asyncio.to_thread": Spawning("pool", 0, "func"),
    "asyncio.get_event_loop.create_task": _CORO,
    "asyncio.get_running_loop.create_task": _CORO,
    "asyncio.new_event_loop.create_task": _CORO,
    "asyncio.get_event_loop.run_in_executor": Spawning("pool", 1, "func"),
    "asyncio.get_running_loop.run_in_executor": Spawning("pool", 1, "func"),
    "asyncio.new_event_loop.run_in_executor": Spawning("pool", 1, "func"),
    "anyio.to_thread.run_sync": Spawning("pool", 0, "func"),
    "trio.to_thread.run_sync": Spawning("pool", 0, "sync_fn"),
    "eventlet.spawn": _GREEN,
    "eventlet.spawn_n": _GREEN,
    "eventlet.spawn_after": Spawning("greenlet", 1),
    "eventlet.greenthread.spawn": _GREEN,
    "eventlet.greenthread.spawn_n": _GREEN,
    "eventlet.GreenPool.spawn": _GREEN,
    "eventlet.GreenPool.spawn_n": _GREEN,
    "eventlet.greenpool.GreenPool.spawn": _GREEN,
    "eventlet.greenpool.GreenPool.spawn_n": _GREEN,
    "gevent.spawn": _GREEN,
    "gevent.spawn_later": Spawning("greenlet", 1),
    "gevent.Greenlet": Spawning("greenlet", 0, "run"),
    "gevent.Greenlet.spawn": _GREEN,
    "gevent.pool.Pool.spawn": _GREEN,
    "signal.signal": Spawning("signal", 1, "handler"),
    "atexit.register": Spawning("exit", 0, "func"),
}

#: Decorators of functions that some framework calls in a task of its own.
SPAWNING_DECORATORS: Final[dict[str, str]] = {
    "oslo_service.periodic_task.periodic_task": "periodic",
    "celery.shared_task": "process",
    "celery.task": "process",
}

#: Locks that a ``with`` block holds, by the name of what makes them.
LOCKS: Final = frozenset(
    {
        "threading.Lock",
        "threading.RLock",
        "threading.Condition",
        "threading.Semaphore",
        "threading.BoundedSemaphore",
        "_thread.allocate_lock",
        "_thread.RLock",
        "multiprocessing.Lock",
        "multiprocessing.RLock",
        "asyncio.Lock",
        "asyncio.Condition",
        "asyncio.Semaphore",
        "eventlet.semaphore.Semaphore",
        "gevent.lock.RLock",
        "gevent.lock.Semaphore",
    }
)
REENTRANT: Final = frozenset(
    {
        "threading.RLock",
        "threading.Condition",  # makes itself an RLock, unless it is given another lock
        "_thread.RLock",
        "multiprocessing.RLock",
        "gevent.lock.RLock",
    }
)
CONDITIONS: Final = frozenset({"threading.Condition", "multiprocessing.Condition"})
EVENTS: Final = frozenset({"threading.Event", "multiprocessing.Event"})
QUEUES: Final = frozenset(
    {
        "queue.Queue",
        "queue.LifoQueue",
        "queue.PriorityQueue",
        "queue.SimpleQueue",
        "multiprocessing.Queue",
    }
)
SLEEPS: Final = frozenset(
    {
        "time.sleep",
        "eventlet.sleep",
        "eventlet.greenthread.sleep",
        "gevent.sleep",
        "asyncio.sleep",
        "trio.sleep",
        "anyio.sleep",
    }
)
#: Functions that wait for something outside: where greenlets patch them, others run meanwhile, and
#: where not, nobody does.
BLOCKING: Final = frozenset(
    {
        "time.sleep",
        "socket.create_connection",
        "socket.getaddrinfo",
        "subprocess.run",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "urllib.request.urlopen",
        "requests.get",
        "requests.post",
    }
)
