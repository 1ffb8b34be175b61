"""A process forked by a thread, while there are others."""

import os
import threading


def test_ends():
    statuses = []

    def fork():
        pid = os.fork()
        if not pid:
            lock = threading.Lock()
            with lock:
                os._exit(4)
        statuses.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

    threads = [threading.Thread(target=fork) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [4, 4]
