"""Producer and consumer hand over 1, 2, 3; the sum is expected not to be 6.

Source: SCTBench CS/arithmetic_prog_bad. It fails under every schedule: nothing here depends on
the order, so calling it a race would be wrong.
"""

import queue
import threading

COUNT = 3


def test_sum_of_the_numbers():
    slot = queue.Queue(maxsize=1)
    total = 0

    def produce():
        for number in range(1, COUNT + 1):
            slot.put(number)

    producer = threading.Thread(target=produce)
    producer.start()
    for _ in range(COUNT):
        total += slot.get()
    producer.join()
    assert total != COUNT * (COUNT + 1) // 2
