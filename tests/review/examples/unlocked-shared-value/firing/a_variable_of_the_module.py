# file: service/limits.py
import multiprocessing

used = multiprocessing.Value("i", 0)


def use(number):
    if used.value < 10:
        used.value = used.value + number  # here


def start():
    for _ in range(4):
        multiprocessing.Process(target=use, args=(1,)).start()
