import threading
import time


def test_the_last_writer_wins(cache):
    writer = threading.Thread(target=cache.write, args=("new",))
    writer.start()
    time.sleep(0.5)  # let it write
    assert cache.read() == "new"
    writer.join()
