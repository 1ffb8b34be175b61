"""`ThreadPool.map` is given a function without side effects, and its results are added.

Safe: only the calling thread adds; `map` returns after all jobs have ended.
"""

from multiprocessing.pool import ThreadPool


def test_map_adds_everything_up():
    sums = [0]

    def measure(amount):
        return amount

    with ThreadPool(2) as pool:
        for amount in pool.map(measure, [1, 2], chunksize=1):
            sums[0] += amount
    assert sums == [3]
