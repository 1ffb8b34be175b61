# file: client.py
import time

import eventlet


def poll(server):
    while not server.is_ready():
        time.sleep(1)


def start(server):
    return eventlet.spawn(poll, server)
