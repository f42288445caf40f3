"""Addresses of the risk register."""

from django.urls import path

from zhikong.hospital.functions.risks.views.register import analyses, risks

urlpatterns: list = [
    path("", risks.listed, name="register"),
    path("new/", risks.new, name="new"),
    path("<int:pk>/", risks.page, name="risk"),
    path("<int:pk>/controls/<int:control>/", risks.control, name="control"),
    path("<int:pk>/<slug:act>/", risks.act, name="act"),
    path("fmea/", analyses.listed, name="analyses"),
    path("fmea/new/", analyses.new, name="analysis_new"),
    path("fmea/<int:pk>/", analyses.page, name="analysis"),
    path("fmea/<int:pk>/<slug:act>/", analyses.act, name="analysis_act"),
]
