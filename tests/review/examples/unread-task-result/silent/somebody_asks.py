# file: service/copy.py
from concurrent.futures import ThreadPoolExecutor, as_completed, wait


def copy(path):
    return open(path, "rb").read()


def copy_all(paths):
    with ThreadPoolExecutor(4) as pool:
        futures = {pool.submit(copy, path): path for path in paths}
        for future in as_completed(futures):
            future.result()
        more = [pool.submit(copy, path) for path in paths]
        done, pending = wait(more)
        last = pool.submit(copy, "last")
        return [each.result() for each in done], pending, last, list(pool.map(copy, paths))
