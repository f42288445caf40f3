"""Addresses of meetings."""

from django.urls import path

from zhikong.hospital.functions.meetings import views, views_resolutions, views_sitting

app_name = "meetings"

urlpatterns = [
    path("", views.committees, name="list"),
    path("refer/", views.refer, name="refer"),
    path("mine/", views_sitting.mine, name="mine"),
    path("<int:pk>/sitting/", views_sitting.sitting, name="sitting"),
    path("<int:pk>/sitting/act/", views_sitting.act, name="sitting_act"),
    path("<int:pk>/screen/", views_sitting.screen, name="screen"),
    path("<int:pk>/in/<slug:code>/", views_sitting.sign_in, name="sign_in"),
    path("resolutions/", views_resolutions.resolutions, name="resolutions"),
    path("resolutions/<int:pk>/", views_resolutions.resolution, name="resolution"),
    path("committees/<int:pk>/", views.committee, name="committee"),
    path("<int:pk>/", views.meeting, name="meeting"),
    path("<int:pk>/<slug:what>.docx", views.paper, name="paper"),
    path("items/<int:pk>/", views.item, name="item"),
    path("items/<int:pk>/<slug:what>/", views.act, name="act"),
]
