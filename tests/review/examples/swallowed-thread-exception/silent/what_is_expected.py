import socket
import threading


def test_it(server):
    def ask():
        try:
            server.ask("hello")
        except OSError:
            pass  # closed from the other side

    def nothing():
        try:
            number = 1
        except Exception:
            pass
        del number

    one = threading.Thread(target=ask)
    two = threading.Thread(target=nothing)
    one.start()
    two.start()
    server.close()
    one.join()
    two.join()


def not_a_task(server):
    try:
        server.close()
    except Exception:
        pass
    socket.setdefaulttimeout(None)
