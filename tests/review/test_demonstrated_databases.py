"""What is said of databases and caches is demonstrated: a schedule makes the shape fail, and not
the other.

The table, the cache and the lock below are kept in memory, with one step for each request, as a
server has. A program of each shape is run by two tasks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

import racewright


class Table:
    """Rows by key. A request is one step; what it gives is a copy, as of a row that was read."""

    def __init__(self, **rows: Any) -> None:
        self.rows = dict(rows)
        self.made: list[str] = []
        self.row_lock = threading.Lock()

    def get(self, key: str) -> Any:
        return self.rows.get(key)

    def put(self, key: str, value: Any) -> None:
        self.rows[key] = value

    def insert(self, key: str) -> None:
        self.made.append(key)

    def keys(self) -> list[str]:
        return list(self.rows)


def at_once(*functions: Callable[[], object]) -> None:
    threads = [threading.Thread(target=each) for each in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def read_then_write_back() -> None:
    accounts = Table(ada=10)

    def withdraw() -> None:
        balance = accounts.get("ada")
        accounts.put("ada", balance - 1)

    at_once(withdraw, withdraw)
    assert accounts.get("ada") == 8


def read_then_write_back_with_the_row_locked() -> None:
    accounts = Table(ada=10)

    def withdraw() -> None:
        with accounts.row_lock:
            balance = accounts.get("ada")
            accounts.put("ada", balance - 1)

    at_once(withdraw, withdraw)
    assert accounts.get("ada") == 8


def look_then_insert() -> None:
    carts = Table()

    def cart() -> None:
        if not carts.made:
            carts.insert("ada")

    at_once(cart, cart)
    assert carts.made == ["ada"]


def insert_under_a_constraint() -> None:
    carts = Table()

    def cart() -> None:
        carts.rows.setdefault("ada", "cart")

    at_once(cart, cart)
    assert carts.keys() == ["ada"]


#: By rule: shapes that some schedule makes fail, each with the one that stands instead.
SHAPES = {
    "select-then-update": [(read_then_write_back, read_then_write_back_with_the_row_locked)],
    "exists-then-create": [(look_then_insert, insert_under_a_constraint)],
}
PAIRS = [
    pytest.param(wrong, right, id=f"{rule}-{wrong.__name__}")
    for rule, pairs in SHAPES.items()
    for wrong, right in pairs
]


@pytest.mark.parametrize(("wrong", "right"), PAIRS)
def test_a_schedule_demonstrates_what_the_rule_says(
    wrong: Callable[[], None], right: Callable[[], None]
) -> None:
    found = racewright.explore(wrong, schedules=300, save=False, corpus=False, jobs=1)
    assert [each.failure.kind for each in found.failures] == ["assertion"]
    other = racewright.explore(right, schedules=300, save=False, corpus=False, jobs=1)
    assert other.outcome == "passed"
    assert other.distinct_traces > 1
