"""A job starts a thread and joins it.

Safe: the job ends after its helper, the block after the job.
"""

import threading
from concurrent.futures import ThreadPoolExecutor


def test_everything_is_saved_when_the_executor_is_done():
    saved = []
    helpers = []

    def save(item):
        saved.append(item)

    def job(item):
        helper = threading.Thread(target=save, args=(item,))
        helper.start()
        helpers.append(helper)
        helper.join()

    with ThreadPoolExecutor(max_workers=1) as executor:
        executor.submit(job, "a").result()
    seen = list(saved)
    for helper in helpers:
        helper.join()
    assert seen == ["a"]
