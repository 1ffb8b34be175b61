# The shape of tests of thread libraries: the block fails if a thread is left over at its end.
import threading

from helpers import wait_threads_exit


def test_a_thread_that_is_not_joined_does_not_leak():
    with wait_threads_exit():
        threading.Thread(target=print).start()
