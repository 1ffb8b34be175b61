# As tests of gevent: the thread is a greenlet, and its start runs it until it waits.
from gevent import monkey

monkey.patch_all()

import threading


def test_it_has_tried(lock):
    tried = []

    def background():
        tried.append(True)

    thread = threading.Thread(target=background)
    thread.start()
    assert tried == [True]
    thread.join()
