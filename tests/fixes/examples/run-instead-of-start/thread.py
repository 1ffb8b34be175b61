# file: warm.py
import threading


def warm_up(load):
    thread = threading.Thread(target=load, daemon=True)
    # In the background.
    thread.run()  # not here
    return thread
