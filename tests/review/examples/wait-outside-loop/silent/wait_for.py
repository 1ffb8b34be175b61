# file: service/box.py
import threading

filled = threading.Condition()
items = []


def take():
    with filled:
        filled.wait_for(lambda: items)
        return items.pop()
