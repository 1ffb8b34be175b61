"""The sum is printed while a worker may still be adding to it.

Source: SPLASH-2's barnes, fft and lu as found in SCTBench, whose macro WAIT_FOR_END was left
empty. Here only the last of two workers is awaited.

    main               one               two
                                         partial[1] = 2
    two has ended
    sum is 2, not 3
                       partial[0] = 1
"""

import threading


def test_checksum_covers_all_workers():
    partial = [0, 0]

    def work(index):
        partial[index] = index + 1

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    threads[-1].join()
    checksum = sum(partial)
    assert checksum == 3
