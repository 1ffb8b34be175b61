"""The queue is dismantled when the writer has ended; the consumer still needs its lock.

Source: pbzip2 0.9.4, SCTBench CB/pbzip2: `main` waits for the thread that writes the output,
not for those that compress, and deletes the mutex that they use.

    main                    consumer             writer
                            output.put(block)
                                                 got the block, ends
    writer has ended
    mutex = None
                            with mutex:
                            AttributeError / TypeError
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
    compressor.mutex = None
    consumer.join()
