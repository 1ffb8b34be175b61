# file: count.py
import multiprocessing
from multiprocessing.sharedctypes import RawValue


def count(counter, numbers):
    for _ in numbers:
        counter.value += 1


def main(parts):
    counter = multiprocessing.RawValue("i", 0)
    for part in parts:
        multiprocessing.Process(target=count, args=(counter, part)).start()
