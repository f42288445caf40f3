"""Addresses of campaigns."""

from django.urls import path

from zhikong.hospital.functions.campaigns import views

app_name = "campaigns"

urlpatterns = [
    path("", views.listed, name="list"),
    path("presets/", views.presets, name="presets"),
    path("<int:pk>/", views.campaign, name="campaign"),
    path("<int:pk>/<slug:what>.docx", views.paper, name="paper"),
    path("<int:pk>/<slug:what>/", views.act, name="act"),
    path("<int:pk>/<slug:what>/<int:thing>/", views.act, name="act_on"),
]
