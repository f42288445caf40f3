from django.urls import path

from zhikong.foundation.notices import views

app_name = "notices"

urlpatterns = [
    path("", views.inbox, name="list"),
    path("read-all/", views.read_all, name="read_all"),
    path("sent/", views.sent, name="sent"),
    path("settings/", views.wishes, name="wishes"),
    path("channels/", views.channel_list, name="channels"),
    path("channels/times/", views.house_rules, name="house_rules"),
    path("channels/kinds/", views.kind_list, name="kinds"),
    path("channels/new/<slug:kind>/", views.channel_new, name="channel_new"),
    path("channels/<int:pk>/", views.channel_edit, name="channel"),
    path("channels/<int:pk>/test/", views.channel_test, name="channel_test"),
    path("channels/messages/<int:pk>/retry/", views.message_retry, name="message_retry"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/remind/", views.remind, name="remind"),
]
