"""A wait by looking again and again, without a pause; another task ends it."""

import threading


class Flag:
    up = False


def test_ends():
    flag = Flag()

    def raise_it():
        flag.up = True

    thread = threading.Thread(target=raise_it)
    thread.start()
    while not flag.up:
        pass
    thread.join()
