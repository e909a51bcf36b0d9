from django.urls import path, re_path

from mysite import views

urlpatterns = [
    path("slow", views.slow),
    re_path(r"^(?P<rest>.*)$", views.seen, name="seen"),
]
