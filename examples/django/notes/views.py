from django.db import OperationalError
from django.shortcuts import render

from .models import Note


def index(request):
    """The latest notes; before the first migrate, how to make the table."""
    try:
        notes, migrated = list(Note.objects.all()[:20]), True
    except OperationalError as error:
        if "no such table" not in str(error):
            raise
        notes, migrated = [], False
    return render(request, "notes/index.html", {"notes": notes, "migrated": migrated})
