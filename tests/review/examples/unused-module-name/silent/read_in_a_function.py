from oslo_config import cfg

CONF = cfg.CONF


def test_it():
    assert CONF.debug is False
