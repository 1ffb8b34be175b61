import threading


def test_nothing_is_sent(server):
    sent = threading.Event()
    server.on_send = sent.set
    sent.wait(0.2)
    assert server.sent == []


def test_polled(server):
    done = threading.Event()
    server.start(done)
    while not server.is_done:
        done.wait(5)


def test_join(server):
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert server.ask() == 1
    finally:
        thread.join(10)


def test_what_came_of_it(server):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(server.ask()))
    thread.start()
    thread.join(10)
    assert answers == [1]
    other = threading.Thread(target=server.run)
    other.start()
    other.join(timeout=10)
    assert not other.is_alive()
