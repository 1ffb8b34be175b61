# file: service/work.py
import shutil
import signal
import sys

folder = "/var/tmp/service"


def leave(number, frame):
    print("leaving", number)
    shutil.rmtree(folder)  # here
    sys.exit(1)


def main():
    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
