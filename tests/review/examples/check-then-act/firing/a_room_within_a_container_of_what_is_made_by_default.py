# The shape of a server of messages whose clients enter a room at the same time.
import threading


class Rooms:
    def __init__(self):
        self.rooms = {"/": {}}

    def enter(self, who, room):
        if room not in self.rooms["/"]:  # here
            self.rooms["/"][room] = set()
        self.rooms["/"][room].add(who)


class Server:
    def __init__(self, rooms=None):
        if rooms is None:
            rooms = Rooms()
        self.rooms = rooms

    def enter(self, who, room):
        self.rooms.enter(who, room)


def test_all_are_in_the_room():
    server = Server()
    threads = [threading.Thread(target=server.enter, args=(who, "hall")) for who in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
