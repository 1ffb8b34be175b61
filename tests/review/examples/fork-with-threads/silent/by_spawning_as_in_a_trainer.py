# file: trainer/loader.py
# The kind: a loader of training data that starts its processes without forking.
import multiprocessing
import threading


def load(work, report):
    threading.Thread(target=report, daemon=True).start()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=work)
    process.start()
    multiprocessing.Process(target=work).start()
