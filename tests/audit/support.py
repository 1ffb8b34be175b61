"""A file to be reviewed, and what an audit says of a sentence about it."""

from __future__ import annotations

from pathlib import Path

from racewright.audit import audit, load_code, text_of
from racewright.model.claim import Audit, Claim

__all__ = ["SERVICE", "audited", "claims_about", "project", "verdicts"]

#: Looks like many a file: some of each thing that reviews speak of.
SERVICE = '''\
"""A service that keeps accounts."""

import json
import os
import threading
import time
from queue import Queue as Waiting

from bank import errors
from bank.store import Store

LIMIT = 10
UNUSED = 3
__all__ = ("Service", "helper")


class Service(Store):
    """Keeps accounts in a file."""

    retries: int = 2

    def __init__(self, path, *, encoding="utf-8"):
        super().__init__()
        self.path = path
        self.encoding = encoding
        self._lock = threading.Lock()
        self.ready = threading.Event()
        self._spare = None

    def read(self) -> dict:
        # The file is small: it is read as a whole.
        with open(self.path, encoding=self.encoding) as file:
            return json.load(file)

    def write(self, accounts, retries=LIMIT):
        with self._lock:
            for _ in range(retries):
                try:
                    self._write(accounts)
                except OSError:
                    time.sleep(0.1)
                else:
                    return
        raise errors.Full(self.path)

    def _write(self, accounts):
        file = open(self.path, "w")
        json.dump(accounts, file)
        file.close()

    @staticmethod
    def name_of(path):
        return os.path.basename(path)

    def start(self):
        def run():
            while not self.ready.wait(1):
                pass

        thread = threading.Thread(target=run, daemon=True)
        thread.start()


def helper(a, b):
    return a + b


def _forgotten():
    return Waiting()
'''

_STORE = '''\
"""Where accounts are."""


class Store:
    """A place for accounts."""

    def __init__(self):
        self.kept = {}

    def close(self):
        """Give everything back."""
        return self._spare
'''

_ERRORS = """\
class Full(Exception):
    pass
"""


def project(folder: Path, source: str = SERVICE, name: str = "bank/service.py") -> str:
    """A small project; gives the path of the file that is reviewed."""
    package = folder / "bank"
    package.mkdir(exist_ok=True)
    (package / "__init__.py").write_text("")
    (package / "store.py").write_text(_STORE)
    (package / "errors.py").write_text(_ERRORS)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    return str(path)


def audited(path: str, *reviews: str) -> Audit:
    texts = [text_of(f"review-{number}", words) for number, words in enumerate(reviews, 1)]
    return audit(load_code(path), texts)


def claims_about(path: str, words: str) -> tuple[Claim, ...]:
    return audited(path, words).claims


def verdicts(path: str, words: str) -> list[str]:
    """The verdicts that were given, one after the other; those that are none left out."""
    return [claim.verdict for claim in claims_about(path, words) if claim.is_decided]
