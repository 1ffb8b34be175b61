import threading


def test_a_reader_survives_a_write(store):
    errors = []

    def reader():
        try:
            for _ in range(10):
                store.read()
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=reader)
    thread.start()
    store.write("new")
    thread.join()
    assert errors == []


program = test_a_reader_survives_a_write
