# file: service/gather.py
import threading


def gather(sources):
    lock = threading.Lock()
    found = []

    def read(source):
        with lock:
            found.append(source())

    threads = [threading.Thread(target=read, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    with lock:
        return found


def run(work):
    lock = threading.Lock()
    threading.Thread(target=work, args=(lock,)).start()
    with lock:
        return 1
