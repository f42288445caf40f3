"""Addresses of adopting."""

from django.urls import path

from zhikong.hospital.overviews.adopting import views

app_name = "adopting"

urlpatterns = [
    path("", views.listing, name="list"),
    path("plans/<int:document>/", views.preview, name="preview"),
    path("<int:pk>/", views.adoption, name="adoption"),
    path("<int:pk>/undo/", views.undo, name="undo"),
]
