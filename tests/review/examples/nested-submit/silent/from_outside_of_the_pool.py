# file: service/totals.py
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(4)


def size(folder):
    return folder.size()


def total(folders):
    futures = [pool.submit(size, folder) for folder in folders]
    return sum(future.result() for future in futures)


def totals(trees):
    return [total(tree) for tree in trees]
