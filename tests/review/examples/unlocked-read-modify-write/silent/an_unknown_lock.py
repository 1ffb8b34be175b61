# file: counting.py
import threading


def count(make_lock, numbers):
    (guard, _) = make_lock()
    total = 0

    def add(number):
        nonlocal total
        with guard:
            total += number

    for number in numbers:
        threading.Thread(target=add, args=(number,)).start()
