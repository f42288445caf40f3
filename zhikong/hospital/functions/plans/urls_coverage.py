"""Addresses of coverage."""

from django.urls import path

from zhikong.hospital.functions.plans.views.coverage import pages

urlpatterns: list = [
    path("coverage/", pages.overview, name="coverage"),
    path("coverage/report.docx", pages.report, name="coverage_report"),
    path("coverage/<slug:key>/", pages.sentence, name="coverage_sentence"),
]
