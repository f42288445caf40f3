from django.urls import path

from zhikong.hospital.overviews.help import views

app_name = "help"

urlpatterns = [
    path("", views.index, name="index"),
    path("mine/", views.mine, name="mine"),
    path("manual.pdf", views.manual, name="manual"),
    path("pictures/<slug:name>.png", views.picture, name="picture"),
    path("<path:name>/", views.page, name="page"),
]
