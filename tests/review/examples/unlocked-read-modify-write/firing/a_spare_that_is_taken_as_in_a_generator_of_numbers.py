# The shape of a generator that makes two numbers at a time and keeps the second.
import threading


class Numbers:
    def __init__(self):
        self.spare = None

    def next(self):
        number = self.spare  # here
        self.spare = None
        if number is None:
            number, self.spare = 1.5, 2.5
        return number


def test_numbers_differ():
    numbers = Numbers()
    found = []
    threads = [threading.Thread(target=lambda: found.append(numbers.next())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] != found[1]
