# file: service/registry.py
class per_class:
    def __init__(self, make):
        self.make = make
        self.made = {}

    def __get__(self, instance, owner):
        if owner not in self.made:  # here
            self.made[owner] = self.make(owner)
        return self.made[owner]
