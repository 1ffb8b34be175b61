# file: bank.py
import threading

a = threading.Lock()
b = threading.Lock()


def take_b():
    b.acquire()
    try:
        pass
    finally:
        b.release()


def one():
    with a:
        take_b()  # here


def two():
    with b:
        with a:
            pass
