import threading
import time


def test_it(server):
    def work():
        while not server.is_stopped:
            time.sleep(0.01)
            server.step()

    thread = threading.Thread(target=work)
    thread.start()
    server.stop()
    thread.join()


def serve(server):
    while server.is_open:
        time.sleep(1)


def test_its_own_flag(server):
    is_first = True
    while is_first:
        time.sleep(0.01)
        is_first = False
