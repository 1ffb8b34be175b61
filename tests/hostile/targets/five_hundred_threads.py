"""More tasks than anybody looks at."""

import threading


def test_ends():
    lock = threading.Lock()
    count = [0]

    def add():
        with lock:
            count[0] += 1

    threads = [threading.Thread(target=add) for _ in range(500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count == [500]
