"""Two threads add one to a module's global; one addition is lost.

Source: Python-native. `requests += 1` looks atomic, but is a load, an addition and a store.

    first              second
    load requests 0
                       load requests 0
                       store requests 1
    store requests 1
                                        requests == 1, not 2
"""

import threading

requests = 0


def serve():
    global requests
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
