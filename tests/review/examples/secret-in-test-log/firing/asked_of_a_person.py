import getpass
import logging


def test_by_hand(client):
    answer = getpass.getpass()
    logging.info("logging in with %s", answer)  # here
    assert client.login(answer)
