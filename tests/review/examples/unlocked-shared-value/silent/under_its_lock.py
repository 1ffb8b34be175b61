# file: service/counter.py
import multiprocessing


def count(counter, lock, numbers):
    for number in numbers:
        with counter.get_lock():
            counter.value += number
        with lock:
            counter.value -= 1


def main(parts):
    counter = multiprocessing.Value("i", 0)
    lock = multiprocessing.Lock()
    for part in parts:
        multiprocessing.Process(target=count, args=(counter, lock, part)).start()
