import threading


def test_it_waits_until_it_is_asked():
    started = threading.Event()
    asked = threading.Event()
    answers = []

    def work():
        started.set()
        asked.wait()
        answers.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    assert not answers
    asked.set()
    thread.join()
    assert answers == [1]
