from concurrent.futures import ThreadPoolExecutor


def test_readers_see_the_new_value(store):
    def reader():
        assert store.read() == "new"

    store.write("new")
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(reader)
        reading.result(timeout=10)


program = test_readers_see_the_new_value
