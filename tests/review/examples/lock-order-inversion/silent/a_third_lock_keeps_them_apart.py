# file: bank.py
import threading

gate = threading.Lock()
a = threading.Lock()
b = threading.Lock()


def one():
    with gate, a, b:
        pass


def two():
    with gate, b, a:
        pass
