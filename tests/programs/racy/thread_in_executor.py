"""A job starts a thread and returns before that thread has ended.

Source: Python-native. Leaving the `with` block awaits the executor's threads, not those they
started.

    main                    job                    helper
                            start helper
                            returns
    the block ends
    saved is []
                                                   saved.append("a")
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

    with ThreadPoolExecutor(max_workers=1) as executor:
        executor.submit(job, "a").result()
    seen = list(saved)
    for helper in helpers:
        helper.join()
    assert seen == ["a"]
