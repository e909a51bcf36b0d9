from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from visits import tally
from visits.models import Visit
from visits.tasks import confirm


def index(request):
    """Send a task for this visit, and show the number that the ones before have become."""
    with transaction.atomic():  # no row without a task: what the broker refuses is not counted as sent
        visit = Visit.objects.create()
        confirm.delay(visit.pk)
    return render(request, "visits/index.html", {"visit": visit, "tally": tally.read()})


def count(request):
    """The numbers of tasks, for tests."""
    return JsonResponse(tally.numbers())


def healthz(request):
    """Whether the database and the cache answer."""
    Visit.objects.exists()
    tally.read()
    return HttpResponse("ok\n", content_type="text/plain")
