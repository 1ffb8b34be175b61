"""Tasks of a pool: which of its threads comes is nobody's business, so `where` tells them apart."""

from concurrent.futures import ThreadPoolExecutor

from racewright import after, before

OUTCOME = "happened"
RESULT = ["third", "second", "first"]


def work(name, log):
    log.append(name)


def points():
    return (
        after(work, where=lambda name: name == "third"),
        before(work, where=lambda name: name == "second"),
        after("tests.scenarios.programs.executor:work", where=lambda name: name == "second"),
        before(work, where=lambda name: name == "first"),
    )


def run():
    log = []
    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(work, name, log) for name in ("first", "second", "third")]:
            future.result()
    return log
