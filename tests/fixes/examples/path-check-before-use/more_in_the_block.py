# file: cache.py
import os


def prepare(folder):
    if not os.path.exists(folder):
        os.makedirs(folder)
        print("made")
