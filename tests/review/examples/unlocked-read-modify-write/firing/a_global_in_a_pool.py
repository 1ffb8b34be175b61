# file: totals.py
from concurrent.futures import ThreadPoolExecutor

total = 0


def add(number):
    global total
    total += number  # here


def run(numbers):
    with ThreadPoolExecutor() as pool:
        pool.map(add, numbers)
    return total
