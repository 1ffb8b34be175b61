import threading


def test_it(store):
    replies = []
    begun = threading.Event()
    done = threading.Event()

    def call():
        begun.set()
        replies.append(store.get("key"))
        done.set()

    thread = threading.Thread(target=call)
    thread.start()
    assert begun.wait(10)
    assert done.wait(10)
    assert replies == [1]
    thread.join()


def test_something_that_may_wait(store):
    replies = []

    def call():
        replies.append(store.get("key"))

    thread = threading.Thread(target=call)
    thread.start()
    store.drain()
    assert replies == [1]
    thread.join()


def test_filled_by_the_test(store):
    replies = []

    def call():
        replies.append(store.get("key"))

    thread = threading.Thread(target=call)
    thread.start()
    replies.append(0)
    assert 0 in replies
    thread.join()
