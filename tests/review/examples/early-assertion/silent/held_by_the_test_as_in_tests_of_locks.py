# As tests of locks: the task waits, and the test looks at what it has not done yet.
import threading


def test_it_waits(lock):
    entered = []
    started = threading.Event()

    def enter():
        started.set()
        with lock:
            entered.append(1)

    with lock:
        thread = threading.Thread(target=enter)
        thread.start()
        assert started.wait(10)
        assert entered == []
    thread.join()
    assert entered == [1]


def test_a_gate(gate):
    passed = []

    def go():
        gate.wait()
        passed.append(1)

    thread = threading.Thread(target=go)
    thread.start()
    assert not passed
    gate.set()
    thread.join()
