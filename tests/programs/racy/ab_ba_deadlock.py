"""Two threads take two locks in opposite orders.

Source: SCTBench CS/deadlock01_bad; the classic.

    withdraw             deposit
    acquire a
                         acquire b
    wait for b
                         wait for a
"""

import threading


def test_both_threads_get_both_locks():
    a, b = threading.Lock(), threading.Lock()
    balance = [0]

    def deposit():
        with a:
            with b:
                balance[0] += 1

    def withdraw():
        with b:
            with a:
                balance[0] -= 1

    threads = [threading.Thread(target=deposit), threading.Thread(target=withdraw)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert balance == [0]
