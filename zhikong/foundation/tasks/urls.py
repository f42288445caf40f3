from django.urls import path

from zhikong.foundation.tasks import views

app_name = "tasks"

urlpatterns = [
    path("", views.task_list, name="list"),
    path("<int:pk>/delegate/", views.delegate, name="delegate"),
]
