import threading


def test_the_last_writer_wins(cache):
    writer = threading.Thread(target=cache.write, args=("new",))
    writer.start()
    writer.join(timeout=10)  # let it write
    assert not writer.is_alive()
    assert cache.read() == "new"
    writer.join()
