"""What belongs to one request is handed on with it.

Safe: the object that all requests call keeps nothing.
"""

import functools
import threading


class Request:
    def __init__(self, position):
        self.position = position
        self.hooks = []

    def answer(self):
        return [hook(self) for hook in self.hooks]


class Retry:
    def __call__(self, request):
        request.hooks.append(functools.partial(self.again, request.position))

    def again(self, position, request):
        return position


def test_each_request_begins_again_where_it_began():
    retry = Retry()
    answers = {}

    def ask(position):
        request = Request(position)
        retry(request)
        answers[position] = request.answer()

    threads = [threading.Thread(target=ask, args=(position,)) for position in (3, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {3: [3], 7: [7]}
