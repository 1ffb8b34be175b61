from threading import Thread


def test_it(server):
    Thread(target=server.run).start()  # here
    assert server.ask() == 1
