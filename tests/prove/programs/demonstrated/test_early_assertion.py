import threading


def test_the_answer_arrives():
    answers = []
    asked = threading.Event()

    def ask():
        asked.set()
        answers.append(42)

    thread = threading.Thread(target=ask)
    thread.start()
    assert asked.wait(timeout=10)
    assert answers == [42]
    thread.join()
