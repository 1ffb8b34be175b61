"""Sentences that are so, sentences that are not, and sentences nobody can decide by reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.support import claims_about, project, verdicts

SO = [
    "The test inherits from `Store`.",
    "`_spare` and `_lock` are private attributes.",
    "The code does not use any regular expressions like `re.match`.",
    "The `start` method calls `threading.Thread`.",
    "The `write` method loops over `range(retries)`.",
    "`__init__` directly sets `self.path`.",
    "The code has hard-coded values such as 'utf-8', 'w' and 0.1.",
    "The class has no `vanish` method.",
    "The code uses hard-coded values like 10 and 3.",
    "`_write` uses hard-coded strings such as 'w' in `open`.",
    "There is no `vanish` method.",
    "The class has a `_write` method.",
    "`vanish` is not defined in this class.",
    "`read` does not handle exceptions.",
    "`start` calls `threading.Thread` with `daemon=True`.",
    "The code imports `json` once.",
    "`Service` has a docstring that explains what it keeps.",
    "The code uses threads.",
    "`self.path` is used in `read` and `_write`.",
    "`write` acquires `self._lock`.",
    "`read` does not acquire `_lock`.",
    "`start` waits for `self.ready`.",
    "`__init__` sets `self.path`.",
    "`LIMIT` is defined in the code.",
    "The `UNUSED` constant is assigned.",
    "`_forgotten` is never called.",
    "The `json` module is imported.",
    "`sys` is not imported.",
    "The `run` function is never called directly.",
    "`self._write` is called in `write`.",
    "The class `Service` inherits from `Store`.",
    "`Service` doesn't override `close`.",
    "`name_of` is a static method.",
    "The `encoding` parameter of `__init__` defaults to `'utf-8'`.",
    "`encoding` is keyword-only.",
    "The `__all__` variable lists two names.",
    "`__all__` doesn't include `_forgotten`.",
    "The `helper` function takes two parameters.",
    "The `helper` function has no docstring.",
    "`helper` isn't documented.",
    "`read` has a return type annotation.",
    "`write` raises `errors.Full`.",
    "`write` catches `OSError`.",
    "`write` does not catch `ValueError`.",
    "`helper` doesn't call anything, and `helper` doesn't call `read`.",
    "`Waiting` comes from `queue`.",
    "`threading.Thread` is created with `daemon`.",
    "`json.load` is called without `parse_float`.",
    "The code doesn't use `asyncio`.",
    "There are no bare excepts in the code.",
    "No regular expressions are used.",
    "The module doesn't log anything.",
    "The file has one class.",
    "The `_lock` attribute is used in `write`.",
    "`threading.Timer` exists.",
    "`bank.store.Store` exists.",
    "`queue.Weird` doesn't exist.",
    "`IOError` is an alias of `OSError` in Python 3.",
    "Assertions are removed when Python runs with `-O`.",
    "On line 32, `open` is used.",
    "`json.load` is called on line 33.",
    "`self.ready.wait(1)` is called in `start`.",
    "`time.sleep(0.1)` is called in `write`.",
    "`open(self.path, 'w')` is called in `_write`.",
    "`open(path)` is called in `read`.",
    "There are nested functions in `start`.",
    "The constant `LIMIT` is upper case.",
    "`self.ready` is a `threading.Event`.",
    "The class name `Service` follows the PascalCase convention.",
    "The `retries` argument of `write` is used in `write`.",
    "`Waiting` is an alias for `queue.Queue`.",
    "`__all__` is a tuple.",
    "`Store` is defined in `bank.store`.",
    "`os.path.basename` is only called once.",
    "The functions follow the snake_case naming convention.",
]
NOT_SO = [
    "`Service` has a comment about it but no docstring.",
    "The accounts are kept in a `sqlite3.Connection`.",
    "The file is opened with the mode `'rb+'`.",
    "Each path is taken from `bank.paths.find`.",
    "I could not find any place where `_write` is called.",
    "The `json` module is imported without being used.",
    "`read` comes without a return annotation.",
    "The code uses the deprecated `mock` library.",
    "`retries` is a private attribute.",
    "The code uses magic numbers such as 42.",
    "There is a `vanish` method in `Service`.",
    "There is no `read` method.",
    "`write` does not handle exceptions.",
    "`start` calls `threading.Thread` with `daemon=False`.",
    "The code imports `json` twice.",
    "`helper` takes arbitrary arguments.",
    "The helper functions use `asyncio`.",
    "`read` is not defined in this class.",
    "`read` uses a lock.",
    "`read` calls `self._write(accounts)`.",
    "`LIMIT` is used in `write` and `read`.",
    "`start` sets `self.ready`.",
    "`read` acquires `self._lock`.",
    "`write` does not acquire `_lock`.",
    "`start` modifies `self._spare`.",
    "The code uses `time.sleep(5)`.",
    "`super().vanish()` is called.",
    "`self.ready.wait(1)` is called in `read`.",
    "`LIMIT` is defined on line 40.",
    "`json.load` is called on line 60.",
    "The `os` module is imported at line 20.",
    "`LIMIT` is not used anywhere.",
    "The `json` module is never used.",
    "The `run` function is never called.",
    "`__init__` is never called anywhere.",
    "The class `Service` inherits from `dict`.",
    "`name_of` is a class method.",
    "The `helper` function takes three parameters.",
    "`Service` has no docstring.",
    "There are no comments in the code.",
    "There are no type hints in the code.",
    "`write` catches `KeyError`.",
    "`helper` calls `os.path.basename`.",
    "`Waiting` comes from `multiprocessing`.",
    "The code uses `asyncio.gather` to wait.",
    "The code uses raw SQL queries to reach the database.",
    "The code relies on regular expressions.",
    "The logger might write passwords to disk.",
    "`_forgotten` calls itself recursively.",
    "`__all__` lists three names.",
    "The names follow the camelCase convention.",
    "The code has a long chain of method calls.",
    "It would be better to use the `Shop` class from the `bank.store` module.",
    "The code uses the `mockk` library.",
    "`queue.Queue` doesn't exist.",
    "`time.monotonic()` is used to measure.",
    "It's not clear why `read` opens the whole file.",
    "`self.ready.wait` is called outside of a loop.",
    "`Service` doesn't call the constructor of its base class.",
    "None of the methods has a return type annotation.",
    "All functions have docstrings.",
    "`Shop` is defined in `bank.store`.",
    "`os.path.basename` is only called twice.",
    "On line 4000, `open` is used.",
]
OPEN = [
    "A file that is missing gives a `FileNotFoundError`.",
    "It would be safer if the accounts were kept in a `sqlite3.Connection`.",
    "The accounts are not kept in a `sqlite3.Connection`, as they were before.",
    "`helper` is defined but it does not do what callers expect.",
    "The counts are summed up at line 33, before the file is closed.",
    "`thread` is created during the import of the module.",
    "`LIMIT` is defined by the caller of the service.",
    "`json.load` is called before the file is opened.",
    "The class has no `close` method.",
    "`read` modifies `self.path`.",
    "`super().close()` is called.",
    "`time.sleep(7)` is never called.",
    "`self._write(accounts, True)` is called.",
    "The code is readable and well structured.",
    "`write` may be slow under load.",
    "No security defects are detected in the code.",
    "It is recommended to add a cache.",
    "`self._spare` is never used.",
    "The `Service` class is never used.",
    "`self.path` should be a `Path` object.",
    "`write` raises `PermissionError`.",
    "`read` can raise an error if the file is missing.",
    "The `frobnicate` library is excellent.",
    "`helper` is never called.",
    "You could use something better.",
    "The `retries` parameter defaults to 10.",
    "The implementation is not thread-safe.",
]


@pytest.fixture
def service(tmp_path: Path) -> str:
    return project(tmp_path)


@pytest.mark.parametrize("sentence", SO)
def test_what_is_so_is_supported(service: str, sentence: str) -> None:
    assert set(verdicts(service, sentence)) == {"supported"}


@pytest.mark.parametrize("sentence", NOT_SO)
def test_what_is_not_so_is_refuted(service: str, sentence: str) -> None:
    found = claims_about(service, sentence)
    decided = {claim.verdict for claim in found}
    assert "refuted" in decided
    assert "supported" not in decided


@pytest.mark.parametrize("sentence", OPEN)
def test_what_nobody_can_decide_is_not_decided(service: str, sentence: str) -> None:
    assert verdicts(service, sentence) == []


@pytest.mark.parametrize("sentence", [*SO, *NOT_SO])
def test_every_verdict_has_evidence(service: str, sentence: str) -> None:
    for claim in claims_about(service, sentence):
        if claim.is_decided:
            assert claim.evidence
            assert all(each.text for each in claim.evidence)
            assert claim.checker
