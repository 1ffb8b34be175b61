# file: service/debug.py
import os
import sys


def show():
    print(os.environ)
    print(os.environ, file=sys.stderr)
