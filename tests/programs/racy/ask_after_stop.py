"""Asked whether it has stopped, then asked a question that nobody reads.

Source: Python-native (pykka 4.0.1, `ActorRef.ask`).

    caller                   actor
    stopped? no
                             stopped
                             the inbox is empty: ends
    the question is put
    waits for ever
"""

import queue
import threading


class Actor:
    def __init__(self):
        self.stopped = threading.Event()
        self.inbox = queue.Queue()

    def ask(self):
        if self.stopped.is_set():
            raise RuntimeError("it has stopped")
        answer = queue.Queue()
        self.inbox.put(answer)
        return answer.get()

    def stop(self):
        self.stopped.set()
        while not self.inbox.empty():
            self.inbox.get().put("refused")


def test_every_question_is_answered():
    actor = Actor()
    answers = []

    def ask():
        try:
            answers.append(actor.ask())
        except RuntimeError:
            answers.append("too late")

    caller = threading.Thread(target=ask)
    caller.start()
    actor.stop()
    caller.join()
    assert answers in (["too late"], ["refused"])
