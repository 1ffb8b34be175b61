import logging
import threading

log = logging.getLogger(__name__)


def test_get_while_it_shrinks(cache):
    def read():
        for key in range(100):
            try:
                cache.get(key)
            except:  # here
                continue

    def shrink():
        try:
            cache.shrink()
        except (ValueError, BaseException):  # here
            log.exception("shrink")

    threads = [threading.Thread(target=read), threading.Thread(target=shrink)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
