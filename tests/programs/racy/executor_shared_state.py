"""Two jobs of a ThreadPoolExecutor add to one total.

Source: Python-native. An executor makes threads, not critical sections.

    job 1                    job 2
    read total 0
                             read 0, write 2
    write 1
                                             total 1, not 3
"""

from concurrent.futures import ThreadPoolExecutor


class Total:
    def __init__(self):
        self.value = 0

    def add(self, amount):
        self.value += amount


def test_all_jobs_add_up():
    total = Total()
    with ThreadPoolExecutor(max_workers=2) as executor:
        futures = [executor.submit(total.add, amount) for amount in (1, 2)]
    for future in futures:
        future.result()
    assert total.value == 3
