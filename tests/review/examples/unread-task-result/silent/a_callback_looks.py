# file: service/jobs.py
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor()


def work(job):
    job.run()


def report(future):
    print(future.exception())


def begin(jobs):
    for job in jobs:
        pool.submit(work, job).add_done_callback(report)
        future = pool.submit(work, job)
        future.add_done_callback(report)
