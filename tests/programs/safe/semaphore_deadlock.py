"""Two threads need two permits each, and there are three.

Safe: of three permits two threads cannot hold one each and leave none; who has got its second
one finishes and gives both back.
"""

import threading


class Kitchen:
    def __init__(self):
        self.pots = threading.Semaphore(3)
        self.dishes = []

    def cook(self, dish):
        self.pots.acquire()
        self.pots.acquire()
        self.dishes.append(dish)
        self.pots.release()
        self.pots.release()


def test_both_dishes_get_cooked():
    kitchen = Kitchen()
    threads = [threading.Thread(target=kitchen.cook, args=(dish,)) for dish in ("soup", "stew")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kitchen.dishes) == ["soup", "stew"]
