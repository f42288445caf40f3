"""Addresses of bringing in and checking plans."""

from django.urls import path

from zhikong.hospital.functions.plans.views.reviewing import boards, documents

urlpatterns: list = [
    path("", documents.listed, name="list"),
    path("upload/", documents.upload, name="upload"),
    path("<int:pk>/", boards.review, name="review"),
    path("<int:pk>/act/", boards.act, name="act"),
    path("<int:pk>/items/<int:item_id>/", boards.item, name="item"),
]
