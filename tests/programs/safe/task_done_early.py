"""A worker reports a job as done when it has done it.

Safe: the result is stored before `task_done`, which comes before the return of `join`.
"""

import queue
import threading


def test_results_are_complete_after_the_join():
    jobs = queue.Queue()
    results = []

    def work():
        job = jobs.get()
        results.append(job * job)
        jobs.task_done()

    worker = threading.Thread(target=work)
    worker.start()
    jobs.put(3)
    jobs.join()
    seen = list(results)
    worker.join()
    assert seen == [9]
