# file: service/socket.py
import signal
from pathlib import Path

socket = Path("/run/service.sock")


def leave(number, frame):
    socket.unlink()  # here
    raise SystemExit


signal.signal(signal.SIGINT, leave)
signal.signal(signal.SIGTERM, leave)
