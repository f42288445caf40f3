from django.urls import path

from zhikong.hospital.overviews.reports import views

app_name = "reports"

urlpatterns = [
    path("", views.briefs, name="list"),
    path("brief/<str:month>/", views.brief, name="brief"),
    path("brief/<str:month>/draft/", views.draft, name="draft"),
    path("brief/<str:month>/edit/", views.edit, name="edit"),
    path("brief/<str:month>/publish/", views.publish, name="publish"),
    path("brief/<str:month>/brief.<str:kind>", views.document, name="document"),
]
