# file: feedparser.py
class FeedParser:
    def __init__(self):
        self._input = BufferedSubFile()
        self._parse = self._parsegen().__next__

    def _parsegen(self):
        while True:
            self._input.push_eof_matcher(NLCRE.match)
            for retval in self._parsegen():
                if retval is NeedMoreData:
                    yield NeedMoreData
                    continue
                break
            self._input.pop_eof_matcher()
