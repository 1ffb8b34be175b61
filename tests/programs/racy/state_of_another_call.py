"""What belongs to one request is kept on the object that all requests call.

Source: Python-native (requests 2.7.0, `HTTPDigestAuth.__call__`).

    request 3                request 7
    position = 3
                             position = 7
    begins again at 7
"""

import threading


class Request:
    def __init__(self, position):
        self.position = position
        self.hooks = []

    def answer(self):
        return [hook(self) for hook in self.hooks]


class Retry:
    def __call__(self, request):
        self.position = request.position
        request.hooks.append(self.again)

    def again(self, request):
        return self.position


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
