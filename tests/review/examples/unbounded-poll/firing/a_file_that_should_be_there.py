import os.path
from time import sleep


def test_the_pid_is_written(daemon, tmp_path):
    daemon.start()
    while not os.path.exists(tmp_path / "pid"):  # here
        sleep(0.05)
        print("waiting")
