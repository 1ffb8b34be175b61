# As tests of HTTP: the server runs all the time, and what is patched is the client's.
import threading
from unittest import mock


def test_the_client_gives_up(server, client):
    def serve():
        server.handle_request()

    thread = threading.Thread(target=serve)
    thread.start()
    with mock.patch("service.client.get", side_effect=OSError):
        assert client.ask() is None
    server.close()
    thread.join()
