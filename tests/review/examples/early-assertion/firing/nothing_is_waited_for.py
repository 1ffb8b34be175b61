import threading
from concurrent.futures import ThreadPoolExecutor


def test_it_is_filled(store):
    seen = {}

    def fill():
        seen["key"] = store.get("key")

    thread = threading.Thread(target=fill)
    thread.start()
    assert len(seen) == 1  # here
    thread.join()


def test_in_a_pool(store):
    value = None

    def look():
        nonlocal value
        value = store.get("key")

    with ThreadPoolExecutor() as pool:
        pool.submit(look)
        assert value == 1  # here
