"""A barrier for three, and two threads.

Source: Python-native: the thread that starts the others was counted, but does not take part. It
fails under every schedule.
"""

import threading


def test_workers_meet():
    barrier = threading.Barrier(3)
    threads = [threading.Thread(target=barrier.wait) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
