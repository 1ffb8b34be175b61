# file: service/numbers.py
import math


class Generator:
    def __init__(self):
        self.spare = None

    def uniform(self):
        return 0.5

    def normal(self, mean, width):
        spare = self.spare  # here
        self.spare = None
        if spare is None:
            angle, length = self.uniform() * math.tau, math.sqrt(-2.0 * math.log(self.uniform()))
            spare = math.cos(angle) * length
            self.spare = math.sin(angle) * length
        return mean + spare * width


_one = Generator()
uniform = _one.uniform
normal = _one.normal
