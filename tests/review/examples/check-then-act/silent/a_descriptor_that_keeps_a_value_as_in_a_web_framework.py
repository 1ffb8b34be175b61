# file: service/routes.py
import re

from service.language import current


class pattern:
    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        language = current()
        if language not in instance.patterns:
            instance.patterns[language] = re.compile(instance.text[language])
        return instance.patterns[language]
