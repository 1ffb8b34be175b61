"""``sys.exit`` in a thread ends that thread, and nothing else."""

import sys
import threading


def test_ends():
    thread = threading.Thread(target=sys.exit, args=(3,))
    thread.start()
    ended = []
    other = threading.Thread(target=ended.append, args=(1,))
    other.start()
    thread.join()
    other.join()
    assert ended == [1]
