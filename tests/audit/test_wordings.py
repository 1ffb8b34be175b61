"""One statement in many wordings, and statements that sound like it and say something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from racewright.audit import audit, load_code, text_of

#: Threads, locks, handlers and sleeps: what reviews of concurrent code speak of.
POOL = '''\
# Copyright 2026 The Authors.  Licensed under the Apache License, Version 2.0.
"""A pool of workers; see bug 7654321."""

import json
import threading
import time
from itertools import chain

_LEFT = 4


class Pool:
    """Keeps workers.  Grew out of the old Hopper package."""

    def __init__(self, size=2, names=None):
        self.size = size
        self.names = names or []
        self._lock = threading.Lock()
        self._queue = []
        self._spare = set()
        self.start_part("feeder")
        self.start_part("worker")

    def start_part(self, name):
        self.names.append(name)

    def put(self, item):
        self._lock.acquire()
        try:
            self._queue.append(item)
        finally:
            self._lock.release()

    def take(self):
        with self._lock:
            if not self._queue:
                return None
            return self._queue.pop()

    def peek(self):
        return self._queue[0]

    def load(self, path):
        try:
            with open(path) as file:
                settings = json.load(file)
        except KeyError:
            raise LookupError(path)
        except OSError:
            pass
        except ValueError as error:
            print(error)
            raise
        else:
            self.names = settings["names"]

    def is_empty(self):
        if self._queue:
            return False
        return True

    def wait(self):
        time.sleep(2)
        self.peek()

    def nap(self):
        time.sleep(0.5)

    def unique(self):
        found = set()
        for index in range(3):
            found.add(self.size)
        return found
'''
SO = [
    # whatever is put around it
    "By the way, `_LEFT` is not used, as far as I can see.",
    "You never use `_LEFT`.",
    "`_LEFT` looks like a leftover.",
    "`_LEFT` is dead code.",
    "Nobody uses `_LEFT`.",
    "No reference to `_LEFT` in this module.",
    "`_LEFT` unused.",
    "L9 `_LEFT` unused",
    "The module-level constant `_LEFT` is an unused variable.",
    "`chain` is imported, but never used.",
    "`put` is defined, `take` isn't called in `wait`.",
    # what was said before
    "`_LEFT` is not used. Same for `chain`.",
    "`_LEFT` is not used and neither is `chain`.",
    "`Pool` has a docstring, but `put` does not.",
    # what it is done with
    "The settings are loaded with `json.load`.",
    # order
    "`time.sleep` is called before `self.peek`.",
    "The feeder is started before the worker.",
    # locks
    "`put` appends to `self._queue` while holding the lock.",
    "`peek` reads the queue without taking the lock.",
    "`peek` does not take the lock.",
    "`take` acquires the lock.",
    # exceptions
    "The `OSError` is silently ignored.",
    "`KeyError` is translated to `LookupError`.",
    "`ValueError` is caught and re-raised.",
    "`load` swallows the `OSError`.",
    "An exception raised by `self.peek` is not handled.",
    # sleeps
    "`wait` sleeps for two seconds.",
    "`nap` waits 0.5 seconds.",
    "`wait` sleeps longer than `nap`.",
    # results
    "`unique` returns a set.",
    "`is_empty` returns a boolean.",
    "`take` returns `None` when the queue is empty.",
    "`put` returns nothing.",
    "The result of `self.peek` is discarded.",
    # keywords
    "There is no `while` in the code.",
    "`load` uses `try`/`except`.",
    "`json.load` is inside the `with` block.",
    "`self._lock.acquire()` is always followed by `try`/`finally`.",
    # what is not there
    "There is no `tearDown`.",
    "There is no `stop` on `Pool`.",
    "No `__enter__`/`__exit__`.",
    "`asyncio` is not used at all.",
    "Not a single method has a docstring.",
    "None of the functions has a docstring.",
    "None of the methods carries type annotations.",
    "There are no lines longer than 79 characters.",
    # what is set and read
    "`load` sets `self.names`.",
    "`peek` never sets `self.size`.",
    "`wait` does not look at `_spare`.",
    "`2` is hard-coded in `wait`.",
    "`self._spare` is a plain set.",
    # counts
    "The module contains one class and 10 methods.",
    "`Pool` has ten methods.",
    "The file has more than 70 lines.",
    # whose it is
    "`threading` is part of the standard library.",
    # imports, signatures
    "`threading` is imported at module level.",
    "The default is `size=2`.",
    "The constructor calls `self.start_part`.",
    # what language models write
    "The code imports `chain`, but does not use it.",
    "The `size` parameter of `__init__` has a default value of 2.",
    "`found` is created with `set`.",
    "`unique` uses a for loop to collect the sizes.",
    "The code follows the PEP 8 naming conventions for functions.",
    "The code defines one class in this module.",
    "The code imports `chain` from `itertools`.",
    "`chain` isn't used in any of the methods.",
    "`self._spare` is initialised in `__init__`.",
    "The number of lines in the file exceeds 60.",
    "`load` catches `OSError` once.",
    "The mutex is acquired in `put`.",
    "`_LEFT` is initialised with `4`.",
    "The module doesn't execute shell commands.",
    # one word for many
    "`json` is utilised by `load`.",
    "`take` makes use of `self._lock`.",
    "`self.peek` gets invoked once.",
    "`asyncio` doesn't appear in the file.",
    "`put` hands back nothing whatsoever.",
    "`Pool` carries an extensive docstring.",
    "The file spans more than seventy lines.",
    "None of the methods has type hints, as opposed to other files.",
    "Only `nap` and `wait` sleep; `load` calls `open` prior to `json.load`.",
    "The constructor takes two parameters.",
    "`_LEFT` is a module-level constant.",
    "`_LEFT` starts at 4.",
    "`'feeder'` is passed to `start_part`.",
    "`Pool` lacks `__slots__`.",
    "`chain` isn't needed.",
    # what is told
    "The class docstring mentions the Hopper package.",
    "The docstring references bug 7654321.",
    "The file is licensed under the Apache license.",
]
NOT_SO = [
    "`threading` looks like a leftover.",
    "Nobody uses `json`.",
    "`time` is dead code.",
    "`_LEFT` is not used and neither is `time`.",
    "The settings are loaded with `pickle.load`.",
    "`load` reads the file with `yaml.safe_load`.",
    "The queue is implemented with `collections.deque`.",
    "The `time.sleep(9)` call makes it slow.",
    "`time.sleep` is called after `self.peek`.",
    "The worker is started before the feeder.",
    "`put` appends to `self._queue` without holding the lock.",
    "`take` does not acquire the lock.",
    "`peek` acquires the lock.",
    "The `ValueError` is silently ignored.",
    "`KeyError` is translated to `RuntimeError`.",
    "The `OSError` propagates to the caller.",
    "`OSError` is caught and re-raised.",
    "`wait` sleeps for five seconds.",
    "`nap` sleeps longer than `wait`.",
    "`unique` returns a list.",
    "`load` returns a dictionary if the file is good.",
    "`is_empty` returns the number of items.",
    "`is_empty` returns `None` when there is nothing.",
    "`unique` returns nothing.",
    "There is no `try` in the code.",
    "`load` wraps the call in a bare `except:`.",
    "`json.load` is inside a `while` loop.",
    "The docstring references bug 1234567.",
    "The code imports `json`, but does not use it.",
    "The `size` parameter of `__init__` has a default value of 3.",
    "The `item` parameter of `put` defaults to `None`.",
    "The code has no docstrings and no comments.",
    "The code imports `chain` from `functools`.",
    "`time` is imported under the name `clock`.",
    "`chain` is imported directly from `more_itertools.recipes`.",
    "The test is decorated with `@mock.patch`.",
    "No exception is caught anywhere.",
    "`_queue` isn't used in any of the methods.",
    "`load` catches `OSError` twice.",
    "The mutex is acquired in `peek`.",
    "`_LEFT` is initialised with `None`.",
    "`load` does not raise any exceptions.",
    "`take` does nothing.",
    "The code uses the `asyncio` event loop to run the workers.",
    "The code uses `asyncio.Lock` as the mutex.",
    "`size` defaults to 60 seconds.",
    "Passwords are stored in plain text in the code.",
    "Random numbers are generated with the `random` module.",
    "The code disables the verification by `verify=False`.",
    "The code does not follow the naming conventions for classes.",
    "`json` isn't needed.",
    "`size` is silently ignored.",
    "`asyncio` is utilised in `load`.",
    "The worker is monitored via `psutil.Process`.",
    "`_LEFT` starts at 0.",
    "`_LEFT` is a class attribute.",
    "`Pool` lacks `__init__`.",
    "The constructor takes five parameters.",
    "There is no `take`.",
    "`json` is imported inside a function.",
    "The default is `size=3`.",
    "`names` defaults to an empty list.",
    "The constructor calls `self.close`.",
    "Nothing is ever printed.",
    "`time` is imported for typing only.",
    "There is no `take` on `Pool`.",
    "`import threading` is missing at the top of the file.",
    "Not a single class has a docstring.",
    "`load` never sets `self.names`.",
    "`peek` does not look at `_queue`.",
    "`self._spare` is a plain list.",
    "The module contains two classes and 10 methods.",
    "The file has more than 300 lines.",
    "Many lines are longer than 79 characters.",
    "`json` is a third-party package.",
    "`Pool` inherits straight from `dict`.",
    "The file is licensed under the MIT license.",
]
OPEN = [
    "`Pool` behaves like `collections.deque`.",
    "The queue is compatible with `collections.deque`.",
    "The queue is not implemented with `collections.deque`.",
    "The lock is superseded by `asyncio.Lock`.",
    "`peek` reads the queue without holding the lock.",
    "`wait` is synchronised with a barrier.",
    "`take` returns the newest item.",
    "The worker is finished before the feeder.",
    "The docstring says that pools are slow.",
    "An exception raised by `json.load` is not handled.",
    "If `_LEFT` is not used, it should go.",
    "The worker is never joined.",
    "Not a single class has a docstring except `Pool`.",
    "There is no `append` on `names`.",
    "`_queue` is never cleared.",
    "`put` sets `self.total`.",
    "`wait` sets things up.",
    "`peek` reads `self.head`.",
    "`self._lock` isn't needed.",
    "The code uses `parts.feeder`.",
    "The module doesn't read files.",
    "`peek` does not raise an exception.",
    "The pool is small. Neither has a docstring.",
    "`found` is created with `list`.",
    "Passwords may be stored in plain text by callers.",
    "The pool is inspired by `multiprocessing.Pool`.",
    "The pool is shipped with `gunicorn.app`.",
    "`_LEFT` is not defined on line 40.",
    "`json.load` is called without a timeout.",
    "`time.sleep` is called with a random delay.",
    "The spare set is odd because it's unused. `put` is fine.",
    "If nothing is ever logged, debugging is hard.",
]


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    path = tmp_path / "pool.py"
    path.write_text(POOL)
    return path


def decided(pool: Path, sentence: str) -> set[str]:
    found = audit(load_code(str(pool)), [text_of("review", sentence)])
    return {claim.verdict for claim in found.claims} - {"not checkable"}


@pytest.mark.parametrize("sentence", SO)
def test_what_is_so_is_supported_however_it_is_said(pool: Path, sentence: str) -> None:
    assert decided(pool, sentence) == {"supported"}


@pytest.mark.parametrize("sentence", NOT_SO)
def test_what_is_not_so_is_refuted_however_it_is_said(pool: Path, sentence: str) -> None:
    assert "refuted" in decided(pool, sentence)


@pytest.mark.parametrize("sentence", OPEN)
def test_what_sounds_alike_is_left_open(pool: Path, sentence: str) -> None:
    assert decided(pool, sentence) == set()


def test_that_something_is_set_does_not_say_that_it_is_a_set(pool: Path) -> None:
    assert decided(pool, "The `size` attribute is set to the given size.") == {"supported"}
    assert decided(pool, "`self._spare` is a set.") == {"supported"}


DENIALS = (
    (" is ", " is not "),
    (" has ", " does not have "),
    (" uses ", " does not use "),
    (" returns ", " does not return "),
    (" sleeps ", " does not sleep "),
    (" sets ", " does not set "),
    (" takes ", " does not take "),
    (" acquires ", " does not acquire "),
    (" contains ", " does not contain "),
    (" is not ", " is "),
    (" does not take ", " takes "),
)
#: Sentences of one statement, whose whole the verb decides.
PLAIN = [
    (sentence, said, denied)
    for sentence in [*SO, *NOT_SO]
    for said, denied in DENIALS
    if sentence.count(said) == 1
    and f"{said}not " not in sentence
    and not any(word in sentence.lower() for word in (" if ", " when ", "neither", "none ", "same"))
]


@pytest.mark.parametrize(("sentence", "said", "denied"), PLAIN)
def test_the_opposite_of_a_statement_never_gets_its_verdict(
    pool: Path, sentence: str, said: str, denied: str
) -> None:
    first, second = decided(pool, sentence), decided(pool, sentence.replace(said, denied))
    assert not (len(first) == 1 and first == second)
