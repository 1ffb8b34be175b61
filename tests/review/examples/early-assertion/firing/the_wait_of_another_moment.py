import threading


def test_it_is_told(store):
    ready = threading.Event()
    told = []

    def tell():
        store.open()
        ready.set()
        told.append(store.read())

    threading.Thread(target=tell).start()
    ready.wait(timeout=10)
    assert "hello" in told  # here
