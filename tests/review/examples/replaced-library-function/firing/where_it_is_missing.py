# file: timeval.py
import socket

from fakes import FakeSocket

try:
    socket.AF_VSOCK
except AttributeError:
    socket.socket = FakeSocket  # here
