"""A scenario within a scenario, both on one function: each holds for itself."""

import threading

from racewright import after, before, scenario

OUTCOME = "happened"
RESULT = (["b", "a"], "happened")
PASSED = ["b", "a"]


def step(log):
    log.append(threading.current_thread().name)


def points():
    return (after(step, task="b"), before(step, task="a"))


def run():
    log = []
    threads = [threading.Thread(target=step, args=(log,), name=name) for name in "ab"]
    with scenario(before(step, task="b"), before(step, task="a")) as inner:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return log, inner.outcome
