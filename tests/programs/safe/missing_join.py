"""The sum is printed when all workers have ended.

Safe: both joins precede the reading.
"""

import threading


def test_checksum_covers_all_workers():
    partial = [0, 0]

    def work(index):
        partial[index] = index + 1

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checksum = sum(partial)
    assert checksum == 3
