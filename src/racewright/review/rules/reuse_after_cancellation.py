"""A connection that goes back to its pool in the middle of a conversation.

What it finds
-------------
In an ``async def``, something that is taken from a pool with ``await``, used with ``await`` in a
``try``, and given back in ``finally``, by ``release``, ``put`` or ``append``, whatever happened:
nothing catches a cancellation to close it, and it is not asked whether it is still in order. It is
not found where the file shows that giving back looks after that, or the package has a ``send``, a
``read_response`` or the like that closes the connection when it is cancelled.

Why it matters
--------------
A task that is cancelled after it has sent a request and before it has read the answer leaves the
answer in the connection. The next task that takes it sends its own request, and reads the answer to
the former::

    task 1   sends "get alice", is cancelled, gives the connection back
    task 2   sends "get bob", reads the answer about alice

Example
-------
::

    # file: client.py
    class Client:
        async def ask(self, question):
            connection = await self.pool.take()
            try:
                await connection.send(question)
                return await connection.receive()
            finally:
                await self.pool.release(connection)

Instead
-------
::

    # file: client.py
    class Client:
        async def ask(self, question):
            connection = await self.pool.take()
            try:
                await connection.send(question)
                return await connection.receive()
            except BaseException:
                connection.abort()
                raise
            finally:
                await self.pool.release(connection)

How it is proved
----------------
By reading alone: tasks of asyncio are not explored. A test can cancel a task after it has sent, and
ask another question.

References
----------
CWE-488, exposure of data element to wrong session. redis-py issue 2624, of which users of other
services saw the data of strangers.
"""

from __future__ import annotations

from collections.abc import Iterator

from racewright.model.finding import Finding, Place
from racewright.review.concurrency import Concurrency
from racewright.review.facts import FunctionFacts
from racewright.review.rule import Rule

__all__ = ["ReuseAfterCancellation"]


class ReuseAfterCancellation(Rule):
    title = "A connection goes back to its pool in the middle of a conversation"
    kind = "defect"
    cwe = 488
    confidence = "medium"
    fix = "none"

    def check_project(self, concurrency: Concurrency) -> Iterator[Finding]:
        project = concurrency.project
        # A part of a conversation that ends it when it is cancelled, in the same package.
        guarded = {
            _package(project.file_of[name].module)
            for name, function in project.functions.items()
            if function.ends_when_cancelled
        }
        for name, function in project.functions.items():
            facts = project.file_of[name]
            if function.conversations and _package(facts.module) not in guarded:
                for conversation in function.conversations:
                    yield self._finding(facts.file, function, conversation)

    def _finding(
        self, file: str, function: FunctionFacts, conversation: tuple[str, int, int, int]
    ) -> Finding:
        name, attempt, talk, give = conversation
        words = ".".join(function.name.split(".")[-2:])
        return self.finding(
            [Place(file, talk, talk, 1, words), Place(file, give, give, 1, words)],
            title=f"{name} goes back to its pool in the middle of a conversation",
            defect=f"If the task is cancelled in line {talk}, after the request and before the "
            f"answer, line {give} gives {name} back all the same. Who takes it next reads an "
            "answer that is not his.",
            facts=[
                f"No handler of line {attempt} catches a cancellation.",
                "No part of a conversation that the package defines ends it when cancelled.",
            ],
            solution="Close it when anything is raised, and only then give it back.",
            corrected=f"except BaseException:\n    {name}.close()\n    raise",
        )


def _package(module: str) -> str:
    return module.partition(".")[0]
