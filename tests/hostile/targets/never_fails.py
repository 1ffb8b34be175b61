"""Many orders, all of them good."""

import threading


def test_ends():
    lock = threading.Lock()
    count = [0]

    def add():
        for _ in range(20):
            with lock:
                count[0] += 1

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count == [80]
