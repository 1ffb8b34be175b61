import threading

from wait_outside_loop import Box


def test_two_takers_take_two_items():
    box, taken = Box(), []

    def take():
        taken.append(box.take())

    takers = [threading.Thread(target=take) for _ in range(2)]
    for taker in takers:
        taker.start()
    box.put("first")
    box.put("second")
    for taker in takers:
        taker.join()
    assert sorted(taken) == ["first", "second"]
