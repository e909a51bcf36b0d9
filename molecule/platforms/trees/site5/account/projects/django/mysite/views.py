"""What a request looks like to the app, as JSON."""

import os
import sys
import time

import django
from django.http import HttpResponse, JsonResponse
from django.urls import reverse

VERSION = "one"


def seen(request, rest=""):
    names = ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR", "HTTP_HOST", "HTTP_PROXY", "HTTPS")
    meta = {name: request.META.get(name) for name in names}
    return JsonResponse(
        {
            "version": VERSION,
            "django": django.get_version(),
            "python": sys.version.split()[0],
            "executable": sys.executable,
            "prefix": sys.prefix,
            "file": __file__,
            "pid": os.getpid(),
            "parent": os.getppid(),
            "uid": os.getuid(),
            "cwd": os.getcwd(),
            "reverse": reverse("seen", args=["there"]),
            "path": request.path,
            "body": request.body.decode(),
            "multithread": request.environ["wsgi.multithread"],
            "multiprocess": request.environ["wsgi.multiprocess"],
            "greeting": os.environ.get("GREETING"),
            **meta,
        }
    )


def slow(request):
    time.sleep(3)
    return HttpResponse(f"slept {VERSION} {os.getpid()}")
