# A class that keeps the exception of its run, and raises it in join.
import threading


class Asking(threading.Thread):
    error = None

    def run(self):
        try:
            super().run()
        except BaseException as error:
            self.error = error

    def join(self, timeout=None):
        super().join(timeout)
        if self.error is not None:
            raise self.error


def test_it(service):
    def ask():
        assert service.ask() == 1

    thread = Asking(target=ask)
    thread.start()
    thread.join()


def test_on_the_main_thread_too(service):
    def ask():
        assert service.ask() == 1

    ask()
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()


def test_somebody_keeps_it(service, keeping):
    def ask():
        with keeping.errors():
            assert service.ask() == 1

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
