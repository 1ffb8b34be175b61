# file: service/main.py
import multiprocessing
import threading


def main(work, report):
    process = multiprocessing.Process(target=work)
    process.start()
    threading.Thread(target=report, daemon=True).start()
    process.join()
