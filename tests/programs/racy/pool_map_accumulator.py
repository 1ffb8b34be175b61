"""`ThreadPool.map` is given a function that adds to a shared list item.

Source: Python-native, multiprocessing.pool.ThreadPool.

    job 1                     job 2
    read sums[0] 0
                              read 0, write 2
    write 1
                                              1, not 3
"""

from multiprocessing.pool import ThreadPool


def test_map_adds_everything_up():
    sums = [0]

    def add(amount):
        sums[0] += amount

    with ThreadPool(2) as pool:
        pool.map(add, [1, 2], chunksize=1)
    assert sums == [3]
