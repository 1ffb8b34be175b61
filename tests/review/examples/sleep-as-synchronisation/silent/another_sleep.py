import threading

from game import sleep


def test_the_cat(cat):
    threading.Thread(target=cat.run, daemon=True).start()
    sleep(5)
    assert cat.is_asleep
