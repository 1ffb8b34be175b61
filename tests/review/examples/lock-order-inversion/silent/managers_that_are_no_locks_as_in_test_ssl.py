def test_one(self):
    with self.assertRaises(OSError):
        with self.wrap_socket():
            pass


def test_two(self):
    with self.wrap_socket():
        with self.assertRaises(OSError):
            pass
