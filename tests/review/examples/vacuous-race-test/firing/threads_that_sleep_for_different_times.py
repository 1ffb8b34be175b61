import threading
import time


def test_the_reader_overlaps_the_writer(store):  # here
    def read():
        time.sleep(0.1)
        store.read()

    def write():
        store.begin()
        time.sleep(0.3)
        store.end()

    reader = threading.Thread(target=read)
    writer = threading.Thread(target=write)
    reader.start()
    writer.start()
    reader.join()
    writer.join()
    assert store.is_whole
