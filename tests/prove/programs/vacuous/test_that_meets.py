"""A race test in which both sections sleep, and do meet."""

import threading
import time


def test_two_concurrent_writers():
    kept = []

    def write_one():
        time.sleep(0.01)
        kept.append("one")

    def write_two():
        time.sleep(0.01)
        kept.append("two")

    threads = [threading.Thread(target=write_one), threading.Thread(target=write_two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kept) == ["one", "two"]
