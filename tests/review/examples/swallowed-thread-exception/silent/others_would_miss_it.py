import threading


def test_it(server):
    answers = []
    done = threading.Event()

    def ask():
        try:
            answers.append(server.ask())
        except Exception:
            pass

    def stop():
        try:
            server.stop_all()
            done.set()
        except Exception:
            print("not stopped")

    one = threading.Thread(target=ask)
    two = threading.Thread(target=stop)
    one.start()
    two.start()
    one.join()
    assert done.wait(10)
    assert answers == [1]
