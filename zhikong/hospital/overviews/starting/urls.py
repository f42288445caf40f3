"""Addresses of the wizard."""

from django.urls import path

from zhikong.hospital.overviews.starting.views import history, overview, targets

app_name = "starting"

urlpatterns = [
    path("", overview.index, name="index"),
    path("card/", overview.card, name="card"),
    path("steps/<slug:step>/mark/", overview.mark, name="mark"),
    path("targets/", targets.targets, name="targets"),
    path("targets/template.xlsx", targets.template, name="targets_template"),
    path("history/", history.files, name="history"),
    path("month/", overview.month, name="month"),
    path("month/make/", overview.make, name="first_month"),
]
