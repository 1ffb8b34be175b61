"""Two threads add one to a module's global under a lock that is a global, too.

Safe: load and store are in one critical section; the test resets the global before any thread
exists and reads it after all have ended.
"""

import threading

requests = 0
requests_lock = threading.Lock()


def serve():
    global requests
    with requests_lock:
        requests += 1


def test_every_request_is_counted():
    global requests
    requests = 0
    threads = [threading.Thread(target=serve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert requests == 2
