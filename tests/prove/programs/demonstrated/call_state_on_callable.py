"""An object that is called for each request, and keeps where its body began."""


class Request:
    def __init__(self, position):
        self.position = position
        self.hooks = []

    def register_hook(self, hook):
        self.hooks.append(hook)

    def answer(self):
        return [hook(self) for hook in self.hooks]


class Retry:
    def __call__(self, request):
        self.position = request.position
        request.register_hook(self.again)

    def again(self, request):
        return self.position
