from django.db import models


class Visit(models.Model):
    """One view of the page: a row when the task is sent; the worker counts how often it has done it."""

    sent = models.DateTimeField(auto_now_add=True)
    done = models.DateTimeField(null=True, db_index=True)
    times = models.PositiveIntegerField(default=0)
