import threading
import time


def test_it_ends(worker):
    threading.Thread(target=worker.run, daemon=True).start()
    while not worker.is_done:
        time.sleep(0.01)
    assert worker.result == 1
