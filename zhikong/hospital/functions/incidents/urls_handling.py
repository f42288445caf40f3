"""Addresses of handling."""

from django.urls import path

from zhikong.hospital.functions.incidents.views.handling import acts, case, files, lists, papers

urlpatterns: list = [
    path("handling/", lists.listed, name="inbox"),
    path("handling/accept/", lists.accept_many, name="accept_many"),
    path("handling/export/", papers.export, name="export"),
    path("handling/layout/", papers.layout, name="layout"),
    path("clocks/", lists.board, name="clocks"),
    path("cases/<slug:code>/", case.page, name="case"),
    path("cases/<slug:code>/photos/<int:pk>/", files.photo, name="case_photo"),
    path("cases/<slug:code>/proofs/<int:pk>/", files.proof, name="case_proof"),
    path("cases/<slug:code>/measures/<int:pk>/<slug:act>/", acts.measure, name="case_measure"),
    path("cases/<slug:code>/<slug:act>/", acts.act, name="case_act"),
]
