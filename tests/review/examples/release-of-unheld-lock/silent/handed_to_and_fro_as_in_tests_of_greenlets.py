import threading


def test_two_threads_take_turns():
    mine, yours = threading.Lock(), threading.Lock()
    mine.acquire()
    yours.acquire()

    def other():
        mine.release()
        yours.acquire()
        mine.release()

    thread = threading.Thread(target=other)
    thread.start()
    mine.acquire()
    yours.release()
    mine.acquire()
    thread.join()
