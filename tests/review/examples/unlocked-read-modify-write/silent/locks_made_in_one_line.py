import threading


def test_both():
    gate, other = threading.Lock(), threading.Lock()
    balance = [0]

    def deposit():
        with gate, other:
            balance[0] += 1

    def withdraw():
        with gate:
            balance[0] -= 1

    threads = [threading.Thread(target=deposit), threading.Thread(target=withdraw)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert balance == [0]
