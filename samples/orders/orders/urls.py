"""The paths of the API."""

from django.urls import path

from orders import views

urlpatterns = [
    path("", views.home),
    path("healthz", views.health),
    path("orders", views.orders),
    path("orders/<int:number>", views.order),
    path("tasks", views.tasks),
    path("slow", views.slow),
]
