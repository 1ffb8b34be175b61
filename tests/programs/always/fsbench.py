"""A file system with a table of locks, and one thread whose number is behind its end.

Source: SCTBench CS/fsbench_bad, with 3 locks instead of 26. It fails under every schedule.
"""

import threading

INODES = 3


def test_every_thread_allocates_a_block():
    locks = [threading.Lock() for _ in range(INODES)]
    owners = [None] * INODES

    def allocate(number):
        with locks[number]:
            if owners[number] is None:
                owners[number] = number

    threads = [threading.Thread(target=allocate, args=(number,)) for number in range(INODES + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert owners == list(range(INODES))
