import time


def test_a_deadline(server):
    deadline = time.monotonic() + 10
    while not server.is_ready() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert server.is_ready()


def test_a_count(server):
    left = 50
    while not server.is_ready() and left:
        time.sleep(0.1)
        left -= 1


def test_it_leaves(server):
    while not server.is_ready():
        if server.has_failed:
            raise RuntimeError("failed")
        time.sleep(0.1)
    for _ in range(50):
        time.sleep(0.1)


def wait_until(asked, timeout=5):
    while not asked():
        time.sleep(0.1)
        timeout -= 0.1
        if timeout < 0:
            return
