# file: service/copy.py
from concurrent.futures import ThreadPoolExecutor, wait


def copy(path, store):
    store.put(path, open(path, "rb").read())


def copy_all(paths, store):
    futures = []
    with ThreadPoolExecutor(4) as pool:
        for path in paths:
            futures.append(pool.submit(copy, path, store))  # here
        wait(futures)
