# file: lexer.py
import logging
import threading

_lock = threading.Lock()
_logger = None


class Lexer:
    _instance = None

    @classmethod
    def get(cls):
        with _lock:
            if cls._instance is None:
                cls._instance = cls()
                cls._instance.words = []
        return cls._instance

    @classmethod
    def again(cls):
        with _lock:
            return cls._make()

    @classmethod
    def _make(cls):
        if cls._instance is None:
            cls._instance = cls()
            cls._instance.words = []
        return cls._instance


def logger():
    global _logger
    logging._acquireLock()
    try:
        if not _logger:
            _logger = logging.getLogger("lexer")
            _logger.propagate = 0
    finally:
        logging._releaseLock()
    return _logger
