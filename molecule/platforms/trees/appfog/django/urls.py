from django.http import HttpResponse
from django.urls import re_path
from shop.models import Bowl


def index(request):
    Bowl.objects.create(name="ramen")
    return HttpResponse("bowls: %d" % Bowl.objects.count())


urlpatterns = [re_path("^$", index)]
