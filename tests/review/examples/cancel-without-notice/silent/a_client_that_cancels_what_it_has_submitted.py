# file: download.py
from concurrent.futures import ThreadPoolExecutor, as_completed


def first(addresses):
    with ThreadPoolExecutor() as pool:
        futures = {pool.submit(fetch, each): each for each in addresses}
        for future in as_completed(futures):
            answer = future.result()
            break
        while futures:
            other, _ = futures.popitem()
            other.cancel()
        return answer
