"""What is said of databases and caches is demonstrated: a schedule makes the shape fail, and not
the other.

The table, the cache and the lock below are kept in memory, with one step for each request, as a
server has. A program of each shape is run by two tasks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.review.support import assert_demonstrated, pairs_of


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


def look_compute_and_put() -> None:
    cache, computed = Table(), []

    def page() -> None:
        if cache.get("page") is None:
            computed.append(1)
            cache.put("page", "text")

    at_once(page, page)
    assert len(computed) == 1


def ask_who_is_first() -> None:
    cache, computed = Table(), []

    def page() -> None:
        mine = object()
        if cache.get("page") is None and cache.rows.setdefault("computing", mine) is mine:
            computed.append(1)
            cache.put("page", "text")

    at_once(page, page)
    assert len(computed) == 1


class Leases:
    """A key that is set if it is not there, and runs out by the clock."""

    def __init__(self) -> None:
        self.holder = ""
        self.ends = 0.0
        self.guard = threading.Lock()

    def take(self, token: str, seconds: float) -> bool:
        with self.guard:
            if self.holder and time.monotonic() < self.ends:
                return False
            self.holder, self.ends = token, time.monotonic() + seconds
            return True

    def delete(self, token: str = "") -> None:
        with self.guard:
            if not token or token == self.holder:
                self.holder = ""


def work_longer_than_the_lease(*, with_token: bool) -> None:
    lease, inside, most = Leases(), [], []

    def work(name: str, seconds: float, begins: float) -> None:
        time.sleep(begins)
        if lease.take(name, 10):
            if seconds < 10:  # who works longer than the lease lasts is alone at fault
                inside.append(name)
                most.append(len(inside))
            time.sleep(seconds)
            if seconds < 10:
                inside.remove(name)
            lease.delete(name if with_token else "")

    at_once(
        lambda: work("slow", 12, 0),
        lambda: work("second", 8, 11),
        lambda: work("third", 8, 13),
    )
    assert max(most) == 1


def delete_whoever_holds_it() -> None:
    work_longer_than_the_lease(with_token=False)


def delete_what_is_mine() -> None:
    work_longer_than_the_lease(with_token=True)


def read_one_table_then_the_other() -> None:
    instances, migrations = Table(), Table(moved=1)
    missed = []

    def move() -> None:
        instances.put("moved", 1)
        migrations.rows.pop("moved")

    def audit() -> None:
        here = instances.keys()
        moving = migrations.keys()
        missed.extend(key for key in ("moved",) if key not in here and key not in moving)

    at_once(move, audit)
    assert missed == []


def read_both_at_one_moment() -> None:
    instances, migrations = Table(), Table(moved=1)
    missed = []

    def move() -> None:
        with instances.row_lock:
            instances.put("moved", 1)
            migrations.rows.pop("moved")

    def audit() -> None:
        with instances.row_lock:
            here = instances.keys()
            moving = migrations.keys()
        missed.extend(key for key in ("moved",) if key not in here and key not in moving)

    at_once(move, audit)
    assert missed == []


#: By rule: shapes that some schedule makes fail, each with the one that stands instead.
SHAPES = {
    "select-then-update": [(read_then_write_back, read_then_write_back_with_the_row_locked)],
    "exists-then-create": [(look_then_insert, insert_under_a_constraint)],
    "reads-without-snapshot": [(read_one_table_then_the_other, read_both_at_one_moment)],
    "cache-stampede": [(look_compute_and_put, ask_who_is_first)],
    "unowned-lock-deletion": [(delete_whoever_holds_it, delete_what_is_mine)],
}


@pytest.mark.parametrize(("wrong", "right"), pairs_of(SHAPES))
def test_a_schedule_demonstrates_what_the_rule_says(
    wrong: Callable[[], None], right: Callable[[], None]
) -> None:
    assert_demonstrated(wrong, right)
