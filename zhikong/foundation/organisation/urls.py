from django.urls import path

from zhikong.foundation.organisation import views

app_name = "organisation"
urlpatterns = [
    path("", views.index, name="list"),
    path("departments/<int:pk>/", views.department, name="department"),
    path("departments/<int:pk>/change/", views.change, name="change"),
    path("departments/<int:pk>/merge/", views.merge, name="merge"),
    path("departments/<int:pk>/alias/", views.alias, name="alias"),
    path("departments/<int:pk>/alias/remove/", views.remove_alias, name="remove_alias"),
    path("groups/<int:pk>/members/", views.members, name="members"),
    path("appointments/<int:pk>/end/", views.end, name="end"),
]
