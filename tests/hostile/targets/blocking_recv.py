"""A thread that waits for bytes that nobody sends."""

import socket
import threading


def test_ends():
    left, right = socket.socketpair()

    def receive():
        right.recv(1)

    thread = threading.Thread(target=receive, name="receiving")
    thread.start()
    thread.join()
    left.close()
