"""The programs that the speed of exploring is measured with: small, and each of a kind of its own.

Each is a plain program, a function without arguments that starts threads, joins them and asserts.
Where it has the shape that *frontrun* wants (a state, workers on it, an invariant), that is given
too. Nothing here knows of Racewright: the same file is run on plain threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

__all__ = ["KERNELS", "Kernel"]


def together(*workers: Callable[[], object]) -> None:
    """Run ``workers``, each in a thread, to their ends."""
    threads = [threading.Thread(target=worker) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Counter:
    """Loses updates: another thread may come between the read and the write."""

    def __init__(self) -> None:
        self.n = 0

    def increment(self) -> None:
        x = self.n
        self.n = x + 1


class LockedCounter:
    """Ten increments, each under the lock."""

    def __init__(self) -> None:
        self.n = 0
        self.lock = threading.Lock()

    def increment_ten_times(self) -> None:
        for _ in range(10):
            with self.lock:
                x = self.n
                self.n = x + 1


class Buffer:
    """Room for two items; whoever finds it full or empty waits."""

    def __init__(self) -> None:
        self.items: list[int] = []
        self.changed = threading.Condition()
        self.taken: list[int] = []

    def produce(self) -> None:
        for item in range(4):
            with self.changed:
                while len(self.items) >= 2:
                    self.changed.wait()
                self.items.append(item)
                self.changed.notify_all()

    def consume(self) -> None:
        for _ in range(4):
            with self.changed:
                while not self.items:
                    self.changed.wait()
                self.taken.append(self.items.pop(0))
                self.changed.notify_all()


class Table:
    """Three philosophers. The last takes its forks in the order of the others, or they starve."""

    def __init__(self) -> None:
        self.forks = [threading.Lock() for _ in range(3)]
        self.meals = [0, 0, 0]

    def dine(self, seat: int) -> None:
        first, second = sorted((seat, (seat + 1) % 3))
        with self.forks[first], self.forks[second]:
            self.meals[seat] += 1

    def first(self) -> None:
        self.dine(0)

    def second(self) -> None:
        self.dine(1)

    def third(self) -> None:
        self.dine(2)


class Cache:
    """Two threads that both find the key missing both compute its value."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}
        self.computed = 0

    def get(self) -> None:
        if "key" not in self.values:
            self.computed += 1
            self.values["key"] = self.computed


class Ladder:
    """Wrong only when the two threads take turns three times: a bug of three preemptions."""

    def __init__(self) -> None:
        self.a = 0
        self.b = 0
        self.reached = 0

    def climb(self) -> None:
        self.a = 1
        if self.b == 1:
            self.a = 2
            if self.b == 2:
                self.a = 3
                if self.b == 3:
                    self.reached = 1

    def follow(self) -> None:
        if self.a == 1:
            self.b = 1
        if self.a == 2:
            self.b = 2
        if self.a == 3:
            self.b = 3


def square(number: int) -> int:
    return number * number


def counter_of_two() -> None:
    counter = Counter()
    together(counter.increment, counter.increment)
    assert counter.n == 2


def counter_of_three() -> None:
    counter = Counter()
    together(counter.increment, counter.increment, counter.increment)
    assert counter.n == 3


def locked_increments() -> None:
    counter = LockedCounter()
    together(counter.increment_ten_times, counter.increment_ten_times)
    assert counter.n == 20


def bounded_buffer() -> None:
    buffer = Buffer()
    together(buffer.produce, buffer.consume)
    assert buffer.taken == [0, 1, 2, 3]


def philosophers() -> None:
    table = Table()
    together(table.first, table.second, table.third)
    assert table.meals == [1, 1, 1]


def check_then_act() -> None:
    cache = Cache()
    together(cache.get, cache.get)
    assert cache.computed == 1


def three_preemptions() -> None:
    ladder = Ladder()
    together(ladder.climb, ladder.follow)
    assert ladder.reached == 0


def pool_map() -> None:
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(square, range(4))) == [0, 1, 4, 9]


@dataclass(frozen=True)
class Kernel:
    """One program, and the same in the shape of *frontrun*, unless it has none there."""

    name: str
    program: Callable[[], None]
    setup: Callable[[], Any] | None = None
    workers: Sequence[Callable[[Any], None]] = ()
    invariant: Callable[[Any], bool] | None = None


KERNELS = (
    Kernel(
        "counter, two threads",
        counter_of_two,
        Counter,
        [Counter.increment] * 2,
        lambda counter: counter.n == 2,
    ),
    Kernel(
        "counter, three threads",
        counter_of_three,
        Counter,
        [Counter.increment] * 3,
        lambda counter: counter.n == 3,
    ),
    Kernel(
        "2 x 10 locked increments",
        locked_increments,
        LockedCounter,
        [LockedCounter.increment_ten_times] * 2,
        lambda counter: counter.n == 20,
    ),
    Kernel(
        "bounded buffer on a Condition",
        bounded_buffer,
        Buffer,
        [Buffer.produce, Buffer.consume],
        lambda buffer: buffer.taken == [0, 1, 2, 3],
    ),
    Kernel(
        "three dining philosophers",
        philosophers,
        Table,
        [Table.first, Table.second, Table.third],
        lambda table: table.meals == [1, 1, 1],
    ),
    Kernel(
        "dict, check then act",
        check_then_act,
        Cache,
        [Cache.get] * 2,
        lambda cache: cache.computed == 1,
    ),
    Kernel(
        "a bug of three preemptions",
        three_preemptions,
        Ladder,
        [Ladder.climb, Ladder.follow],
        lambda ladder: ladder.reached == 0,
    ),
    Kernel("ThreadPoolExecutor.map", pool_map),
)
