import concurrent.futures


def test_readers_see_the_new_value(store):
    def reader(word, times):
        assert store.read() == word * times

    # The reader comes second.
    with concurrent.futures.ThreadPoolExecutor(max_workers=1) as pool:
        store.write("new")
        future = pool.submit(reader, "new", 1)  # now
        store.flush()

        # It is done.
        future.result(timeout=10)
