"""Two threads empty a queue; both see the last item.

Source: Python-native. `Queue.empty` is right when it answers and may be wrong when the answer
is used.

    one                       two
    empty()? False
                              empty()? False
                              get_nowait() -> job
    get_nowait(): queue.Empty
"""

import queue
import threading


def test_a_job_is_done_by_whoever_comes_first():
    jobs = queue.Queue()
    jobs.put("job")
    done = []

    def work():
        if not jobs.empty():
            done.append(jobs.get_nowait())

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == ["job"]
