"""Two threads need two permits each, and there are two.

Source: Python-native; hold and wait without any lock.

    one                     two
    acquire (1 left)
                            acquire (0 left)
    wait                    wait
"""

import threading


class Kitchen:
    def __init__(self):
        self.pots = threading.Semaphore(2)
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
