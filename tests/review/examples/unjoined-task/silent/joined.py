import threading


def test_it(server):
    thread = threading.Thread(target=server.run)
    thread.start()
    assert server.ask() == 1
    thread.join(10)
