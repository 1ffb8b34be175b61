import threading


class Numbers:
    def __init__(self):
        self.spare = None
        self.lock = threading.Lock()

    def next(self):
        with self.lock:
            number = self.spare
            self.spare = None
        return number

    def __setitem__(self, key, value):
        with self.lock:
            self.spare += value


def test_numbers_differ():
    numbers = Numbers()

    def work():
        numbers.next()
        numbers["a"] = 3

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
