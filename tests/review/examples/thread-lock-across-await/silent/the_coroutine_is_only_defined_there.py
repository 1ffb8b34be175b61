# file: jobs.py
import threading

_lock = threading.Lock()
_jobs = []


def add(work):
    with _lock:

        async def job():
            await work()

        _jobs.append(job)


async def add_later(work):
    with _lock:

        async def job():
            await work()

        _jobs.append(job)
