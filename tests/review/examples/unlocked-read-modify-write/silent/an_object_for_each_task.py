import threading


class Counter:
    def __init__(self):
        self.count = 0

    def add(self):
        self.count += 1


def test_each_counts_for_itself():
    def work():
        own = Counter()
        own.add()
        return own.count

    threads = [threading.Thread(target=work) for _ in range(2)]
    for _ in range(2):
        counter = Counter()
        threads.append(threading.Thread(target=lambda: print(counter.add())))
    for thread in threads:
        thread.start()
        thread.join()
