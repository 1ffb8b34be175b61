# file: service/progress.py
# The kind: a progress bar that the parent moves on, and children read.
import multiprocessing


def show(done):
    print(done.value)


def main(jobs):
    done = multiprocessing.Value("i", 0)
    multiprocessing.Process(target=show, args=(done,)).start()
    for job in jobs:
        job()
        done.value += 1
