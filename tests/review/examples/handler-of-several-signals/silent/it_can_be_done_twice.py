# file: service/work.py
import contextlib
import os
import shutil
import signal
from pathlib import Path


def leave(number, frame):
    shutil.rmtree("/var/tmp/service", ignore_errors=True)
    Path("/run/service.pid").unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):
        os.remove("/run/service.sock")
    try:
        os.remove("/run/service.lock")
    except OSError:
        pass


signal.signal(signal.SIGINT, leave)
signal.signal(signal.SIGTERM, leave)
