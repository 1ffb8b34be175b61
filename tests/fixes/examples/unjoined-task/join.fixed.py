import threading
import unittest


def test_the_service_answers(service):
    thread = threading.Thread(target=service.serve)
    thread.start()
    assert service.ask("1 + 1") == "2"
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_two_at_once(service):
    thread = None
    thread_2 = threading.Thread(target=service.serve)
    thread_2.start()
    with service:
        assert service.ask("1 + 1") == "2"
    thread_2.join(timeout=10)
    assert not thread_2.is_alive()


class ServiceTest(unittest.TestCase):
    def test_it(self):
        serving = threading.Thread(
            target=self.service.serve,  # until it is asked
        )
        serving.start()
        self.assertEqual(self.service.ask("1 + 1"), "2")
        serving.join(timeout=10)
        self.assertFalse(serving.is_alive())
