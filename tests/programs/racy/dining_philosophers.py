"""Philosophers who all take the left fork first.

Source: Dijkstra, EWD310; scaled as SCTBench's CS/din_phil2 ... 7, whose originals lack the
forks.

    first            second           ...  last
    take fork 0
                     take fork 1
                                           take fork n-1
    wait for 1       wait for 2            wait for 0
"""

import threading

import pytest


def dine(first_fork, second_fork, meals):
    with first_fork:
        with second_fork:
            meals.append(1)


@pytest.mark.parametrize("philosophers", [2, 3, 4, 5])
def test_every_philosopher_eats(philosophers):
    forks = [threading.Lock() for _ in range(philosophers)]
    meals = []
    threads = []
    for seat in range(philosophers):
        left, right = forks[seat], forks[(seat + 1) % philosophers]
        threads.append(threading.Thread(target=dine, args=(left, right, meals)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(meals) == philosophers
