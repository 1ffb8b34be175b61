# file: forum/models.py
from django.db import models


class Thread(models.Model):
    replies = models.IntegerField(default=0)

    def reply(self, text):
        self.replies += 1  # here
        self.save()
        return text
