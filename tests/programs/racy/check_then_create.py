"""Two threads start a list for one key; the list of one of them is dropped.

Source: GROOVY-3495 (JaConTeBe groovy1) in its Python form.

    one                          two
    "a" in topics? no
                                 "a" in topics? no
                                 topics["a"] = [], append 2
    topics["a"] = [], append 1
                                                            2 is lost
"""

import threading


class Topics:
    def __init__(self):
        self.subscribers = {}

    def subscribe(self, topic, subscriber):
        if topic not in self.subscribers:
            self.subscribers[topic] = []
        self.subscribers[topic].append(subscriber)


def test_every_subscriber_is_kept():
    topics = Topics()
    threads = [threading.Thread(target=topics.subscribe, args=("a", number)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(topics.subscribers["a"]) == [1, 2]
