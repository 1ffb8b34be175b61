# file: service/export.py
import getpass
import os
import shutil
import tempfile
import time
from pathlib import Path


def export(rows):
    name = f"export-{getpass.getuser()}-{int(time.time())}.csv"
    path = os.path.join(tempfile.gettempdir(), name)
    with open(path, "w") as file:  # here
        file.writelines(rows)


def mark(text):
    marker = Path(tempfile.gettempdir()) / "service.ready"
    marker.write_text(text)  # here


def keep(source):
    shutil.copyfile(source, "/var/tmp/service." + str(os.getpid()))  # here
