# As tests of a login print their own tokens: made up, and worth nothing.
import logging

LOG = logging.getLogger(__name__)


def test_login(client):
    token = "fake-token"
    password = client.make_password()
    print(token)
    LOG.debug("token %s", client.token)
    print(f"{password=}")
    assert client.login(token, password)
