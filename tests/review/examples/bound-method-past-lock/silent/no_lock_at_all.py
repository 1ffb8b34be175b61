# file: block.py
class Blocks:
    def __init__(self, file):
        self.file = file
        self.tell = file.tell

    def read(self):
        self.file.seek(0)
        return self.file.read(self.file.tell())
