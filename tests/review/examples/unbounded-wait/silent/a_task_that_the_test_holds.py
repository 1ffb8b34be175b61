import threading


def test_it(server):
    release = threading.Event()

    def hold():
        release.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    release.set()
    thread.join()
