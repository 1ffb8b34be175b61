import threading
import unittest


def test_the_service_answers(service):
    thread = threading.Thread(target=service.serve)
    thread.start()
    assert service.ask("1 + 1") == "2"


def test_two_at_once(service):
    thread = None
    threading.Thread(target=service.serve).start()
    with service:
        assert service.ask("1 + 1") == "2"


class ServiceTest(unittest.TestCase):
    def test_it(self):
        serving = threading.Thread(
            target=self.service.serve,  # until it is asked
        )
        serving.start()
        self.assertEqual(self.service.ask("1 + 1"), "2")
