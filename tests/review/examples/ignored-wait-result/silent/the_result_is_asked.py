import threading

lock = threading.Lock()


def rotate(log):
    if not lock.acquire(timeout=1):
        return
    log.rename()
    lock.release()


def wait_for_ever(log):
    lock.acquire(timeout=-1)
    lock.acquire(True)
    log.rename()
    lock.release()


def test_it(server):
    ready = threading.Event()
    server.start(ready)
    assert ready.wait(10)
    ready.clear()
    ready.wait(timeout=10)
    assert ready.is_set()
    ready.wait(timeout=None)
