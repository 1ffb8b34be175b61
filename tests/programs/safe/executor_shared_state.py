"""Two jobs of a ThreadPoolExecutor return their amounts, and the caller adds them.

Safe: the total is touched by one thread only; a future orders the job before its result.
"""

from concurrent.futures import ThreadPoolExecutor


class Total:
    def __init__(self):
        self.value = 0

    def add(self, amount):
        self.value += amount


def measure(amount):
    return amount


def test_all_jobs_add_up():
    total = Total()
    with ThreadPoolExecutor(max_workers=2) as executor:
        for amount in executor.map(measure, (1, 2)):
            total.add(amount)
    assert total.value == 3
