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
    "CONTAINERS",
    "EVENTS",
    "EXCLUDING",
    "HANDLERS",
    "LOCKS",
    "PREEMPTIVE",
    "QUEUES",
    "REENTRANT",
    "SLEEPS",
    "SPAWNING_DECORATORS",
    "SPAWNS",
    "THREADED",
    "THREADED_SERVERS",
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
    own: int = -1  #: the argument that the target is given of whose requests come one by one


#: Kinds of tasks that run at the same time as others between any two bytecodes.
THREADED: Final = frozenset({"thread", "pool", "timer", "periodic", "handler"})
#: These, and what runs in the middle of any of them, once an object is gone.
PREEMPTIVE: Final = THREADED | {"finalizer"}

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

#: What functions are given to that calls each in a thread of its own, for one request or message,
#: or, once an object is gone, in whichever thread is running. As a decorator, it is given what it
#: decorates.
_HANDLER = Spawning("handler", 1, "handler", is_many=True, own=0)
_VIEW = Spawning("handler", -1, is_many=True)
HANDLERS: Final[dict[str, Spawning]] = {
    "engineio.Server.on": _HANDLER,
    "engineio.Server.start_background_task": Spawning("thread", 0, "target"),
    "socketio.Server.event": Spawning("handler", 0, "handler", is_many=True, own=0),
    "socketio.Server.on": _HANDLER,
    "socketio.Server.start_background_task": Spawning("thread", 0, "target"),
    "flask_socketio.SocketIO.event": Spawning("handler", 0, is_many=True),
    "flask_socketio.SocketIO.on": _VIEW,
    "flask_socketio.SocketIO.on_event": Spawning("handler", 1, "handler", is_many=True),
    "flask_socketio.SocketIO.start_background_task": Spawning("thread", 0, "target"),
    **{
        f"flask.{owner}.{word}": _VIEW
        for owner in ("Blueprint", "Flask")
        for word in ("delete", "get", "patch", "post", "put", "route")
    },
    **{
        f"flask.{owner}.add_url_rule": Spawning("handler", 2, "view_func", is_many=True)
        for owner in ("Blueprint", "Flask")
    },
    "weakref.WeakMethod": Spawning("finalizer", 1, "callback"),
    "weakref.finalize": Spawning("finalizer", 1, "func"),
    "weakref.proxy": Spawning("finalizer", 1, "callback"),
    "weakref.ref": Spawning("finalizer", 1, "callback"),
}

#: What makes a server start a thread for each request, as a base or by itself.
THREADED_SERVERS: Final = frozenset(
    {
        "http.server.ThreadingHTTPServer",
        "socketserver.ThreadingMixIn",
        "socketserver.ThreadingTCPServer",
        "socketserver.ThreadingUDPServer",
    }
)

#: Decorators of functions that some framework calls in a task of its own.
SPAWNING_DECORATORS: Final[dict[str, str]] = {
    "oslo_service.periodic_task.periodic_task": "periodic",
    "celery.shared_task": "process",
    "celery.task": "process",
}

#: Classes whose objects hold items, as a subclass' object does itself.
CONTAINERS: Final = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.set",
        "collections.Counter",
        "collections.OrderedDict",
        "collections.defaultdict",
        "collections.deque",
    }
)
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
#: Locks that keep threads apart, and may be taken for that.
EXCLUDING: Final = frozenset(
    {
        "threading.Lock",
        "threading.RLock",
        "threading.Condition",
        "threading._RLock",
        "_thread.allocate_lock",
        "_thread.RLock",
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
