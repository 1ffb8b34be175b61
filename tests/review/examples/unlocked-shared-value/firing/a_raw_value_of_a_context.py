# file: service/progress.py
import multiprocessing

context = multiprocessing.get_context("spawn")


def work(done, jobs):
    for job in jobs:
        job()
        done.value += 1  # here


def start(parts):
    done = multiprocessing.sharedctypes.RawValue("i", 0)
    for part in parts:
        context.Process(target=work, args=(done, part)).start()
