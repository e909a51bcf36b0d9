from django.db import models


class Bowl(models.Model):
    name = models.CharField(max_length=20)
