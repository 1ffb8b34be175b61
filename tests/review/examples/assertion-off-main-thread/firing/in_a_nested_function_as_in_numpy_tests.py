# As array libraries test options that belong to a thread: a barrier, then assertions in each.
import threading


def test_options_belong_to_a_thread(options):
    both = threading.Barrier(2)

    def first():
        options.set(precision=12)
        both.wait()
        assert options.get() == 12  # here

    def second():
        options.set(precision=7)
        both.wait()
        with options.changed(precision=3):
            seen = options.get()
        assert seen == 3  # here

    one = threading.Thread(target=first)
    two = threading.Thread(target=second)
    one.start()
    two.start()
    one.join()
    two.join()
