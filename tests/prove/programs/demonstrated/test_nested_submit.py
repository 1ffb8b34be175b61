import threading

from nested_submit import Disk


def test_two_folders_are_measured():
    disk, sizes = Disk(), []
    threads = [threading.Thread(target=lambda: sizes.append(disk.measured())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    disk.pool.shutdown()
    assert sizes == [2, 2]
