import threading


def test_it(server):
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    other = threading.Thread(target=server.run)
    other.daemon = True
    other.start()
