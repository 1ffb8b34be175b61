# file: service/batch.py
import multiprocessing
import threading


def run(load, jobs):
    threads = [threading.Thread(target=load, args=(job,)) for job in jobs]
    first = threading.Thread(target=load)
    first.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first.join()
    with multiprocessing.Pool() as pool:
        return pool.map(len, jobs)
