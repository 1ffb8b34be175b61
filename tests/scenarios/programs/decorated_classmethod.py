"""A classmethod that a framework wraps: what is named is the outermost, which everybody calls."""

import functools
import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = ["begin Record", "save", "end Record", "begin Heir", "save", "end Heir"]
PASSED = ["base", "heir"]


def remotable(function):
    @functools.wraps(function)
    def wrapper(cls, log):
        log.append(f"begin {cls.__name__}")
        function(cls, log)
        log.append(f"end {cls.__name__}")

    wrapper.remotable = True
    return classmethod(wrapper)


class Record:
    @remotable
    def save(cls, log):
        log.append("save")


class Heir(Record):
    pass


def points():
    name = "tests.scenarios.programs.decorated_classmethod"
    return (
        after(Record.save, where=lambda cls: cls is Record),
        before(f"{name}:Heir.save"),
    )


def run():
    log = []
    threads = [
        threading.Thread(target=Heir.save, args=(log,), name="heir"),
        threading.Thread(target=Record.save, args=(log,), name="base"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return log
