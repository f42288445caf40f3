"""Addresses of accreditation."""

from django.urls import path

from zhikong.hospital.functions.accreditation import views

app_name = "accreditation"

urlpatterns = [
    path("", views.listed, name="list"),
    path("<int:pk>/", views.review, name="review"),
    path("<int:pk>/export.<slug:ending>", views.export, name="export"),
    path("clauses/<int:pk>/", views.clause, name="clause"),
    path("clauses/<int:pk>/link/", views.link, name="link"),
    path("evidence/<int:pk>/unlink/", views.unlink, name="unlink"),
    path("surveys/<int:pk>/", views.survey, name="survey"),
]
