"""A thread that waits for ever, and is not waited for."""

import threading


def main():
    never = threading.Event()
    threading.Thread(target=never.wait, name="waiting").start()


def test_ends():
    main()
