import threading


def test_readers_see_the_new_value(store):
    def reader():
        assert store.read() == "new"

    store.write("new")
    thread = threading.Thread(target=reader)
    thread.start()
    thread.join()


program = test_readers_see_the_new_value
