# file: bank.py
import threading

a = threading.Lock()
b = threading.Lock()


def one():
    a.acquire()
    a.release()
    with b:
        pass


def two():
    b.acquire()
    b.release()
    with a:
        pass
