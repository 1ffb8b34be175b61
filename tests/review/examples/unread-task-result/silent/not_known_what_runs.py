# file: service/bridge.py
import functools
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor()


def logged(function):
    @functools.wraps(function)
    def run(*arguments):
        try:
            return function(*arguments)
        except Exception as error:
            print(error)

    return run


@logged
def work(job):
    job.run()


def count(numbers):
    numbers.append(1)


def begin(given, jobs):
    pool.submit(given)
    pool.submit(work, jobs)
    pool.submit(count, jobs)
    given.submit(begin, jobs)
