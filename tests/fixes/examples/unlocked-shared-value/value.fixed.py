# file: count.py
import multiprocessing


def count(counter, numbers):
    for _ in numbers:
        # One more.
        with counter.get_lock():
            counter.value += 1


def main(parts):
    counter = multiprocessing.Value("i", 0)
    for part in parts:
        multiprocessing.Process(target=count, args=(counter, part)).start()
