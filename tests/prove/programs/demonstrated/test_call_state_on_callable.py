import threading

from call_state_on_callable import Request, Retry


def test_each_request_begins_where_its_own_body_began():
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
