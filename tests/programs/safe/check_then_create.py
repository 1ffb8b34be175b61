"""Two threads start a list for one key with `setdefault`.

Safe: with a string key it is one C call, and `append` another; CPython divides neither.
"""

import threading


class Topics:
    def __init__(self):
        self.subscribers = {}

    def subscribe(self, topic, subscriber):
        self.subscribers.setdefault(topic, []).append(subscriber)


def test_every_subscriber_is_kept():
    topics = Topics()
    threads = [threading.Thread(target=topics.subscribe, args=("a", number)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(topics.subscribers["a"]) == [1, 2]
