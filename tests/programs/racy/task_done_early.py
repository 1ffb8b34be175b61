"""A worker reports a job as done when it has taken it.

Source: Python-native. `Queue.join` counts calls of `task_done`, whatever they are meant to say.

    worker                       main
    get() -> 3
    task_done()
                                 join() returns
                                 results == []
    results.append(9)
"""

import queue
import threading


def test_results_are_complete_after_the_join():
    jobs = queue.Queue()
    results = []

    def work():
        job = jobs.get()
        jobs.task_done()
        results.append(job * job)

    worker = threading.Thread(target=work)
    worker.start()
    jobs.put(3)
    jobs.join()
    seen = list(results)
    worker.join()
    assert seen == [9]
