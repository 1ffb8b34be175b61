import threading


def test_readers_see_the_new_value(store):
    def reader():
        assert store.read() == "new"

    threads = [threading.Thread(target=reader) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
