# file: walk.py
class Folder:
    def files(self):
        path = [self.name]
        stack = [self]
        while stack:
            folder = stack.pop()
            path.append(folder.name)
            yield from folder.own
            path.pop()
