# file: volume.py
# The shape of a driver that leaves slow calls to the threads beside the hub.
import os

import eventlet
from eventlet import tpool


def _flush():
    os.system("sync")


def sync():
    tpool.execute(_flush)


def start():
    return eventlet.spawn(sync)
