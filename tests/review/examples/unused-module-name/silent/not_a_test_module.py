# file: nova/conf.py
from oslo_config import cfg

CONF = cfg.CONF
