"""Addresses of event_quotas."""

from django.urls import path

from zhikong.hospital.functions.event_quotas import views

app_name = "event_quotas"

urlpatterns = [
    path("", views.index, name="index"),
    path("switch/", views.switch, name="switch"),
    path("<int:year>/", views.plan, name="plan"),
    path("<int:year>/sheet.docx", views.sheet, name="sheet"),
    path("<int:year>/<slug:act>/", views.act, name="act"),
]
