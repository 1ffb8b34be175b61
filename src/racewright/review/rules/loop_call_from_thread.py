"""A thread that calls into an event loop which runs in another.

What it finds
-------------
In a function that a thread, a timer or a pool of threads runs, or in what it calls across files: a
method of an asyncio loop other than ``call_soon_threadsafe`` and what only asks; and a method that
wakes somebody of an ``asyncio.Event``, ``Queue``, ``Future`` or ``Condition``. What the object is
must be known. Not found is a thread that runs a loop of its own, and coroutines.

Why it matters
--------------
No part of asyncio may be called from another thread. The loop sleeps in ``select`` until a timer
or a socket wakes it, and a callback that was added from outside waits with it, perhaps for ever;
or both threads change the loop's queues at the same time.

Example
-------
::

    import asyncio
    import threading

    class Watcher:
        def __init__(self):
            self.changed = asyncio.Event()

        def poll(self):
            self.changed.set()

        async def watch(self):
            threading.Thread(target=self.poll).start()
            await self.changed.wait()

Instead
-------
::

    import asyncio
    import threading

    class Watcher:
        def __init__(self):
            self.changed = asyncio.Event()
            self.loop = asyncio.get_running_loop()

        def poll(self):
            self.loop.call_soon_threadsafe(self.changed.set)

        async def watch(self):
            threading.Thread(target=self.poll).start()
            await self.changed.wait()

How it is proved
----------------
By reading alone: tasks of asyncio are not explored. In debug mode, asyncio itself raises when
``call_soon`` is called from a foreign thread.

References
----------
CWE-663, use of a non-reentrant function in a concurrent context. Python's manual, *Developing with
asyncio*, *Concurrency and multithreading*.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from racewright.model.finding import Finding, Place
from racewright.review.concurrency import Concurrency, Side
from racewright.review.facts import Call, FunctionFacts
from racewright.review.rule import Rule
from racewright.review.tasks import THREADED

__all__ = ["LoopCallFromThread"]

_LOOPS: Final = tuple(
    f"asyncio.{middle}{maker}"
    for middle in ("", "events.")
    for maker in ("get_event_loop", "get_running_loop", "new_event_loop")
)
_WAKING: Final = {
    "asyncio.Event": ("set", "clear"),
    "asyncio.Condition": ("notify", "notify_all"),
    "asyncio.Queue": ("put_nowait", "get_nowait"),
    "asyncio.Future": ("set_result", "set_exception", "cancel"),
    "asyncio.create_task": ("cancel",),
    "asyncio.ensure_future": ("cancel",),
}
_OF_LOOP: Final = ("call_soon", "call_later", "call_at", "create_task", "stop", "create_future")
_UNSAFE: Final[dict[str, str]] = {
    **{f"{loop}.{word}": "a loop" for loop in _LOOPS for word in _OF_LOOP},
    **{f"{owner}.{word}": owner for owner, words in _WAKING.items() for word in words},
    **{f"{loop}.create_task.cancel": "a task" for loop in _LOOPS},
    **{
        f"{loop}.create_future.{word}": "a future"
        for loop in _LOOPS
        for word in ("set_result", "set_exception", "cancel")
    },
}
#: Calls of a thread that has a loop of its own.
_RUNS: Final = (
    "run_until_complete",
    "run_forever",
    "set_event_loop",
    "asyncio.run",
    "Runner",
    "ensure_future",  # which needs one
    "get_running_loop",
)


class LoopCallFromThread(Rule):
    title = "A thread calls into an event loop that runs in another"
    kind = "defect"
    cwe = 663
    fix = "suggested"

    def check_project(self, concurrency: Concurrency) -> Iterator[Finding]:
        told = set()
        nested: dict[str, list[str]] = {}
        for each in concurrency.project.functions.values():
            nested.setdefault(each.outer, []).append(each.name)
        for side in concurrency.sides:
            if side.root is None or side.root.kind not in THREADED:
                continue
            parts = {*side.locks, *nested.get(side.root.function, ())}
            if any(_runs_a_loop(concurrency, name) for name in parts):
                continue
            for function, call, unsafe in _calls(concurrency, side):
                file = concurrency.project.file_of[function.name].file
                if (file, call.line) not in told:
                    told.add((file, call.line))
                    yield self._finding(side, function, call, unsafe, file)

    def _finding(
        self, side: Side, function: FunctionFacts, call: Call, unsafe: str, file: str
    ) -> Finding:
        word = unsafe.rpartition(".")[2]
        way = " → ".join(each.rpartition(".")[2] for each in side.way_to(function.name))
        root = side.root
        if word == "create_task":
            corrected = "asyncio.run_coroutine_threadsafe(coroutine, loop)"
        else:
            corrected = f"loop.call_soon_threadsafe(….{word}, …)"
        module = file.removesuffix(".py").replace("/", ".").rpartition(".")[2]
        words = function.name.partition(f"{module}.")[2] or function.name
        return self.finding(
            Place(file, call.line, call.line, 1, words),
            title=f"A thread calls {word} of {_UNSAFE[unsafe]}, which belongs to an event loop",
            defect=f"{word} is not safe to call from a thread that is not the loop's. The loop may "
            "not wake up, or be changed by two threads at the same time.",
            facts=[
                f"{root} starts a {root.kind if root is not None else 'thread'}, which comes here "
                f"by {way}.",
                f"What is called is {unsafe}.",
            ],
            solution="Let the loop call it: call_soon_threadsafe, or run_coroutine_threadsafe.",
            corrected=corrected,
        )


def _calls(concurrency: Concurrency, side: Side) -> Iterator[tuple[FunctionFacts, Call, str]]:
    for name in side.locks:
        function = concurrency.project.functions[name]
        if function.is_async:
            continue
        for call in function.calls:
            if call.callee[0] not in ("attr", "name"):
                continue
            value = concurrency.project.evaluate(call.callee)
            if value is not None and value.kind == "outside" and value.name in _UNSAFE:
                yield function, call, value.name


def _runs_a_loop(concurrency: Concurrency, name: str) -> bool:
    function = concurrency.project.functions[name]
    if function.is_async:
        return True
    return any(
        str(call.callee[2] if call.callee[0] == "attr" else call.callee[1]).endswith(_RUNS)
        for call in function.calls
        if call.callee[0] in ("attr", "name")
    )
