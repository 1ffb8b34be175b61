import threading


def test_the_list_is_complete(store):
    seen = []
    done = threading.Event()

    def reader():
        for key in range(3):
            assert store.read(key) is not None
            seen.append(key)

    def last():
        nonlocal_value = store.read(3)
        assert nonlocal_value == 3
        done.set()

    threads = [threading.Thread(target=reader), threading.Thread(target=last)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [0, 1, 2]
    assert done.is_set()
