"""Three tasks in the reverse of the order in which they were started."""

import threading

from racewright import after, before

OUTCOME = "happened"
RESULT = ["c", "b", "a"]
PASSED = ["c", "b", "b", "a"]


def step(log):
    log.append(threading.current_thread().name)


def points():
    return (
        after(step, task="c"),
        before(step, task="b"),
        after(step, task="b"),
        before(step, task="a"),
    )


def run():
    log = []
    threads = [threading.Thread(target=step, args=(log,), name=name) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return log
