from django.urls import path

from zhikong.foundation.outbox import views

app_name = "outbox"

urlpatterns = [
    path("", views.index, name="list"),
    path("<int:pk>/retry/", views.retry, name="retry"),
    path("<int:pk>/pass-over/", views.pass_over, name="pass_over"),
]
