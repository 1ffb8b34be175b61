import threading


def test_a_reader_survives_a_write(store):
    def reader():
        try:
            for _ in range(10):
                store.read()
        except Exception:
            pass

    thread = threading.Thread(target=reader)
    thread.start()
    store.write("new")
    thread.join()


program = test_a_reader_survives_a_write
