"""Two threads add to the items of a list, but each to an item of its own.

Safe: no item is touched by two threads, the list never changes its length, and the whole is
read after both were joined.
"""

import threading


def count(bins, value):
    bins[value] += 1


def test_histogram_counts_every_value():
    bins = [0, 0]
    threads = [threading.Thread(target=count, args=(bins, value)) for value in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bins == [1, 1]
