# file: service/mode.py
import multiprocessing
import os
import threading


def start(work, is_threaded):
    if is_threaded:
        task = threading.Thread(target=work)
        task.start()
    else:
        process = multiprocessing.Process(target=work)
        process.start()


def daemonise(work):
    threading.Thread(target=work).start()
    if os.fork() == 0:
        os.execv("/bin/true", ["true"])
