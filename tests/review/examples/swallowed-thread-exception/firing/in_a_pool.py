import traceback
from concurrent.futures import ThreadPoolExecutor


def fill(cache):
    try:
        for key in range(100):
            cache.get(key)
    except Exception:  # here
        traceback.print_exc()


def test_fill(cache):
    with ThreadPoolExecutor() as pool:
        for future in [pool.submit(fill, cache) for _ in range(4)]:
            future.result()
