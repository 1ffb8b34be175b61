# file: cmd/api.py
# The shape of a command that patches in its main function, after all imports of the file.
import sys
from time import sleep

import eventlet


def wait_for(server):
    while not server.is_ready():
        sleep(1)


def main():
    eventlet.monkey_patch(os=False)  # here
    return wait_for(sys.argv[1])
