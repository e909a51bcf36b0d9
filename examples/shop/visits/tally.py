"""The number that the page shows. The schedule makes it, the cache keeps it."""

from django.core.cache import cache
from django.db.models import Sum
from django.utils import timezone

from visits.models import Visit

KEY = "tally"


def make():
    """Count what the worker has confirmed, and put it into the cache."""
    tally = {"confirmed": Visit.objects.filter(done__isnull=False).count(), "time": timezone.now().isoformat()}
    cache.set(KEY, tally, timeout=None)
    return tally


def read():
    """The tally that was made last; None before the first."""
    return cache.get(KEY)


def numbers():
    """Tasks that were sent, those that are done, and how often one was run; sent minus done is on its way or lost."""
    return {
        "sent": Visit.objects.count(),
        "done": Visit.objects.filter(done__isnull=False).count(),
        "runs": Visit.objects.aggregate(runs=Sum("times"))["runs"] or 0,
    }
