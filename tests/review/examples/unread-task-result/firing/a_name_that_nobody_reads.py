# file: service/refresh.py
from multiprocessing.pool import ThreadPool

pool = ThreadPool(2)


def refresh(cache):
    for key in cache:
        cache.load(key)


def begin(cache):
    pending = pool.apply_async(refresh, (cache,))  # here
    return cache
