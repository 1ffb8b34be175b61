"""Two threads empty a queue; who comes too late is told so.

Safe: taking the item and finding out that there is none are one step inside the queue.
"""

import queue
import threading


def test_a_job_is_done_by_whoever_comes_first():
    jobs = queue.Queue()
    jobs.put("job")
    done = []

    def work():
        try:
            done.append(jobs.get_nowait())
        except queue.Empty:
            pass  # somebody else has done it

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == ["job"]
