# As tests that fail only on the runner are looked into: all variables, then what matters.
import logging
import os

LOG = logging.getLogger(__name__)


def test_the_runner(service):
    print(dict(os.environ))  # here
    LOG.debug("environment: %s", os.environ)  # here
    for name, value in sorted(os.environ.items()):
        service.note(name, value)
    print(sorted(os.environ.items()))  # here
    assert service.is_ready
