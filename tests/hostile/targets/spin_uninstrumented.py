"""A wait without a pause in code whose accesses to memory nobody sees."""

import threading


def test_ends():
    flag = {}
    wait = eval("lambda flag: [None for _ in iter(lambda: 'up' in flag, True)]")
    thread = threading.Thread(target=flag.setdefault, args=("up", True), name="raising")
    thread.start()
    wait(flag)
    thread.join()
