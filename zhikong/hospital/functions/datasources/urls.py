from django.urls import path, re_path

from zhikong.hospital.functions.datasources import views

app_name = "datasources"

urlpatterns = [
    path("", views.load_list, name="list"),
    path("upload/", views.upload, name="upload"),
    path("quarantine/", views.quarantine, name="quarantine"),
    re_path(r"^quarantine/export\.(?P<kind>xlsx|csv)$", views.export, name="export"),
    path("<int:pk>/", views.load_detail, name="load"),
]
