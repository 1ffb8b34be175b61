"""Asked whether it has stopped, and asked a question, under the lock that is held to stop.

Safe: what is put before the flag is set is found when the inbox is emptied, and afterwards nothing
is put.
"""

import queue
import threading


class Actor:
    def __init__(self):
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.inbox = queue.Queue()

    def ask(self):
        answer = queue.Queue()
        with self.lock:
            if self.stopped.is_set():
                raise RuntimeError("it has stopped")
            self.inbox.put(answer)
        return answer.get()

    def stop(self):
        with self.lock:
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
