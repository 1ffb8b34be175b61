"""Two actors write to one another before they read, through mailboxes with room for all messages.

Safe: each mailbox gets two messages and holds two, so no put ever waits.
"""

import queue
import threading


def greet(own, other, received):
    other.put("hello")
    received.append(own.get())
    received.append(own.get())


def test_actors_greet_one_another():
    ping, pong = queue.Queue(maxsize=2), queue.Queue(maxsize=2)
    received = []
    threads = [
        threading.Thread(target=greet, args=(ping, pong, received)),
        threading.Thread(target=greet, args=(pong, ping, received)),
    ]
    for thread in threads:
        thread.start()
    ping.put("go")
    pong.put("go")
    for thread in threads:
        thread.join()
    assert sorted(received) == ["go", "go", "hello", "hello"]
