# file: warnings_of_ours.py
import logging

warned = False
loaded = False


def warn_once():
    global warned
    if not warned:
        warned = True
        print("this will go away", sorted(["a"]))


def note():
    global loaded
    if not loaded:
        loaded = True
        logging.getLogger().info("loaded")
