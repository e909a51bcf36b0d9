import django
from django.conf.urls import patterns, url
from django.http import HttpResponse


def page(request):
    return HttpResponse("Django %s, media at %s\n" % (django.get_version(), request.path))


urlpatterns = patterns("", url("", page))
