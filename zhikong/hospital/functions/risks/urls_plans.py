"""Addresses of emergency plans and drills."""

from django.urls import path

from zhikong.hospital.functions.risks.views.plans import pages

urlpatterns: list = [
    path("plans/", pages.listed, name="plans"),
    path("plans/drills/<int:pk>/", pages.drill, name="drill"),
    path("plans/drills/<int:pk>/<slug:act>/", pages.act, name="drill_act"),
    path("plans/<slug:plan_id>/", pages.page, name="plan"),
    path("plans/<slug:plan_id>/review/", pages.review, name="plan_review"),
    path("plans/<slug:plan_id>/drill/", pages.plan_drill, name="drill_new"),
]
