# file: service/box.py
import threading
import subprocess


def run(done: threading.Event, command):
    if not done.is_set():
        done.wait()
    subprocess.Popen(command).wait()
