"""Addresses of reporting."""

from django.urls import path

from zhikong.hospital.functions.incidents.views.reporting import (
    exporting,
    following,
    labels,
    report,
    sections,
    typed,
)

urlpatterns: list = [
    path("report/", report.report, name="report"),
    path("report/suggest/", report.suggest, name="suggest"),
    path("report/drafts/<int:pk>/drop/", report.drop, name="draft_drop"),
    path("mine/", following.listed, name="mine"),
    path("mine/<slug:code>/", following.own, name="own"),
    path("mine/<slug:code>/add/", following.add, name="own_add"),
    path("mine/<slug:code>/photos/<int:pk>/", following.photo, name="own_photo"),
    path("typed/<slug:code>/", typed.typed, name="typed"),
    path("cases/<slug:code>/reporter/", sections.reporter, name="reporter"),
    path("labels/", labels.page, name="labels"),
    path("labels/print/", labels.pdf, name="labels_pdf"),
    path("adr/", exporting.page, name="adr"),
    path("adr/export/<slug:layout>/", exporting.export, name="adr_export"),
]
