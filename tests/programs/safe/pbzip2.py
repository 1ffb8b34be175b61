"""The queue is dismantled when writer and consumer have ended.

Safe: both are joined before the lock goes.
"""

import queue
import threading


class Compressor:
    def __init__(self):
        self.mutex = threading.Lock()
        self.output = queue.Queue()
        self.compressed = 0

    def consume(self, block):
        self.output.put(block)
        with self.mutex:
            self.compressed += 1

    def write(self):
        self.output.get()


def test_compressor_shuts_down_cleanly():
    compressor = Compressor()
    consumer = threading.Thread(target=compressor.consume, args=(b"block",))
    writer = threading.Thread(target=compressor.write)
    consumer.start()
    writer.start()
    writer.join()
    consumer.join()
    compressor.mutex = None
