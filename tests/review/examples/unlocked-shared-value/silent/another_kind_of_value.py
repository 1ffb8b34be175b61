# file: service/box.py
import multiprocessing


class Box:
    def __init__(self):
        self.value = 0


def work(box, numbers):
    own = Box()
    for _ in numbers:
        box.value += 1
        own.value += 1


def main(numbers):
    multiprocessing.Process(target=work, args=(Box(), numbers)).start()
