# file: steps.py
class Steps:
    def __init__(self, given):
        self.steps = []
        self.given = given
        self.names = {"first": 1}

    def add(self, step):
        self.steps.append(step)

    async def run(self):
        for step in self.steps:
            await step()
        for step in self.given:
            await step()
        for name in self.names:
            await self.run_one(name)


class Others:
    def __init__(self):
        self.names = {}

    def forget(self, name):
        del self.names[name]
