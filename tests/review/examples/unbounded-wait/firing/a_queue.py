import queue


def test_it(server):
    results = queue.Queue()
    server.start(results)
    assert results.get() == 1  # here
