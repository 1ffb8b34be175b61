"""Two threads take two locks in opposite orders, but never at the same time.

Safe although the orders differ: both take `gate` first, so nobody can hold one of the two locks
while another waits for the other. (A tool that looks at orders alone warns here.)
"""

import threading


def test_both_threads_get_both_locks():
    gate, a, b = threading.Lock(), threading.Lock(), threading.Lock()
    balance = [0]

    def deposit():
        with gate, a:
            with b:
                balance[0] += 1

    def withdraw():
        with gate, b:
            with a:
                balance[0] -= 1

    threads = [threading.Thread(target=deposit), threading.Thread(target=withdraw)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert balance == [0]
