import threading


def test_it(server):
    thread = threading.Thread(target=server.run)  # here
    thread.start()
    assert server.ask() == 1
