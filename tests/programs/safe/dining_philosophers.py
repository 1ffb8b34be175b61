"""Philosophers of whom the last takes the right fork first.

Safe: all forks are taken in the order of their numbers, so the holder of the highest one that
is taken waits for nobody.
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
        if seat == philosophers - 1:
            left, right = right, left
        threads.append(threading.Thread(target=dine, args=(left, right, meals)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(meals) == philosophers
