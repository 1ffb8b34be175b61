# file: cache.py
import threading

kept = {}


def get(key):
    return kept.setdefault(key, object())


def local():
    mine = {}
    if "a" not in mine:
        mine["a"] = 1
    return mine


def start():
    for _ in range(4):
        threading.Thread(target=get, args=("a",)).start()
        threading.Thread(target=local).start()
