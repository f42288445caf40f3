from django.urls import path

from zhikong.foundation.files.views import transfer

app_name = "files"

urlpatterns = [
    path("upload/", transfer.upload, name="upload"),
    path("<int:pk>/download/", transfer.download, name="download"),
    path("<int:pk>/picture/", transfer.picture, name="picture"),
    path("<int:pk>/thumbnail/", transfer.thumbnail, name="thumbnail"),
]
