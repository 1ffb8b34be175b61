"""Two threads add to one item of a list; one addition is lost.

Source: Python-native. Storing an item is atomic, reading and then storing it is not.

    first                second
    load  bins[0] 0
                         load  bins[0] 0
                         store bins[0] 1
    store bins[0] 1
                                          bins == [1, 0], not [2, 0]
"""

import threading


def count(bins, value):
    bins[value] += 1


def test_histogram_counts_every_value():
    bins = [0, 0]
    threads = [threading.Thread(target=count, args=(bins, 0)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bins == [2, 0]
