"""Addresses of meetings."""

from django.urls import path

from zhikong.hospital.functions.meetings import views

app_name = "meetings"

urlpatterns = [
    path("", views.committees, name="list"),
    path("refer/", views.refer, name="refer"),
    path("committees/<int:pk>/", views.committee, name="committee"),
    path("<int:pk>/", views.meeting, name="meeting"),
    path("<int:pk>/<slug:what>.docx", views.paper, name="paper"),
    path("items/<int:pk>/", views.item, name="item"),
    path("items/<int:pk>/<slug:what>/", views.act, name="act"),
]
