import threading


def test_readers_see_the_new_value(store):
    def reader(word, times):
        assert store.read() == word * times

    # The reader comes second.
    thread = threading.Thread(target=reader, args=("new", 1), daemon=True)
    store.write("new")
    thread.start()  # now
    store.flush()

    # It is done.
    thread.join()
