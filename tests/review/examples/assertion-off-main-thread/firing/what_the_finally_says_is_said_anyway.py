import threading


def test_the_reader_is_told(feed):
    done = threading.Event()

    def reader():
        try:
            line = feed.read()
            assert line == "hello"  # here
        except OSError:
            print("closed")
        finally:
            done.set()

    thread = threading.Thread(target=reader)
    thread.start()
    assert done.wait(timeout=10)
    thread.join()
