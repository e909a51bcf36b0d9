import os
import time

from celery import shared_task
from django.db.models import F
from django.utils import timezone

from visits.models import Visit


class NotYetError(Exception):
    """The task came before the row that it is about was committed."""


@shared_task(autoretry_for=(NotYetError,), retry_kwargs={"max_retries": 10, "countdown": 1})
def confirm(number):
    """Count one visit. Being run twice counts it once, for a task may come twice."""
    time.sleep(float(os.environ.get("SHOP_TASK_SECONDS", "0")))
    if not Visit.objects.filter(pk=number).update(done=timezone.now(), times=F("times") + 1):
        raise NotYetError(number)
