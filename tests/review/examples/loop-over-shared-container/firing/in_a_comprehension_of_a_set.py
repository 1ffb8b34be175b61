# file: service/peers.py
import threading

peers = set()


def status():
    return [peer.name for peer in peers]  # here


def accept(connection):
    peers.add(connection)


def serve(connections):
    for connection in connections:
        threading.Thread(target=accept, args=(connection,)).start()
