import threading


def test_the_answer_is_there():
    ready = threading.Event()
    answers = {}

    def work():
        ready.set()  # here
        answers["one"] = 1

    threading.Thread(target=work).start()
    ready.wait()
    assert answers["one"] == 1
