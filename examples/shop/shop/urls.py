from django.urls import path
from visits import views

urlpatterns = [
    path("", views.index),
    path("count/", views.count),
    path("healthz/", views.healthz),
]
