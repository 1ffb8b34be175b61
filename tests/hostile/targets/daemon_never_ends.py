"""A daemon that waits for ever is nothing unusual."""

import threading


def test_ends():
    never = threading.Event()
    threading.Thread(target=never.wait, daemon=True).start()
    other = threading.Thread(target=len, args=([],))
    other.start()
    other.join()
