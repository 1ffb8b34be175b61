import threading


class Counter:
    def __init__(self):
        self.value = 0

    def increment(self):
        value = self.value  # here
        self.value = value + 1


def test_two_increments():
    counter = Counter()
    threads = [threading.Thread(target=counter.increment) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 2
