# file: service/batch.py
import threading
from concurrent.futures import ProcessPoolExecutor


def run(jobs, report):
    timer = threading.Timer(60, report)
    timer.start()
    with ProcessPoolExecutor() as pool:  # here
        results = list(pool.map(len, jobs))
    timer.cancel()
    return results
