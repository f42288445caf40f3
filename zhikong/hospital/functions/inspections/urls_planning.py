"""Addresses of planning."""

from django.urls import path

from zhikong.hospital.functions.inspections.views.planning import visits

urlpatterns: list = [
    path("mine/", visits.mine, name="mine"),
    path("visits/<int:pk>/", visits.page, name="visit"),
    path("visits/<int:pk>/start/", visits.start, name="visit_start"),
    path("visits/<int:pk>/cancel/", visits.cancel, name="visit_cancel"),
]
