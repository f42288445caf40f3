"""Addresses of accountability."""

from django.urls import path

from zhikong.hospital.functions.accountability import views

app_name = "accountability"

urlpatterns = [
    path("", views.files, name="files"),
    path("new/", views.new, name="new"),
    path("mine/", views.mine, name="mine"),
    path("<slug:code>/", views.file, name="file"),
    path("<slug:code>/<slug:act>/", views.act, name="act"),
]
