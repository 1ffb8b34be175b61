import threading


def test_it(server):
    ready = threading.Event()
    server.start(ready)
    ready.wait()  # here
