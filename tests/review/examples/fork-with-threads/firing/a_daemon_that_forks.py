# file: service/daemon.py
import os
import threading


def serve(accept, handle, watch):
    watcher = threading.Thread(target=watch)
    watcher.start()
    while True:
        connection = accept()
        if os.fork() == 0:  # here
            handle(connection)
            os._exit(0)
