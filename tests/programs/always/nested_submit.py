"""A job submits another to the executor it runs in, and waits for it.

Source: Python-native, from the documentation of concurrent.futures. The only worker waits for
itself; it fails under every schedule.
"""

from concurrent.futures import ThreadPoolExecutor


def test_job_waits_for_a_job():
    with ThreadPoolExecutor(max_workers=1) as executor:

        def outer():
            return executor.submit(pow, 2, 3).result()

        assert executor.submit(outer).result() == 8
