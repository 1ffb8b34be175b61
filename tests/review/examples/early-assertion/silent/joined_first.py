import threading
from concurrent.futures import ThreadPoolExecutor


def test_it(store):
    seen = []

    def fill():
        seen.append(store.get("key"))

    thread = threading.Thread(target=fill)
    assert seen == []
    thread.start()
    thread.join()
    assert seen == [1]


def test_the_pool_is_left(store):
    seen = []

    def fill():
        seen.append(store.get("key"))

    with ThreadPoolExecutor() as pool:
        pool.submit(fill)
    assert seen == [1]


def test_by_the_future(store):
    seen = []

    def fill():
        seen.append(store.get("key"))

    with ThreadPoolExecutor() as pool:
        future = pool.submit(fill)
        future.result()
        assert seen == [1]
