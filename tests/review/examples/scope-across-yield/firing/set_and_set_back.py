# file: report.py
class Report:
    def __init__(self):
        self.language = "en"

    def lines(self, language):
        before = self.language  # here
        self.language = language
        try:
            for each in self.parts:
                yield each.text(self.language)
        finally:
            self.language = before


class Pages:
    def __init__(self):
        self.language = "en"

    def pages(self, language):
        before = self.language  # here
        self.language = language
        for each in self.parts:
            yield each.text(self.language)
        self.language = before
