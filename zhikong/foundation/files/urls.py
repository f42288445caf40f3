from django.urls import path

from zhikong.foundation.files.views import pages, transfer, writes

app_name = "files"

urlpatterns = [
    path("", pages.file_list, name="list"),
    path("limits/", writes.limits, name="limits"),
    path("<int:pk>/", pages.detail, name="detail"),
    path("<int:pk>/hold/", writes.hold, name="hold"),
    path("<int:pk>/holds/<int:hold_pk>/release/", writes.release, name="release"),
    path("<int:pk>/retention/", writes.retention, name="retention"),
    path("<int:pk>/destroy/", writes.destroy, name="destroy"),
    path("upload/", transfer.upload, name="upload"),
    path("<int:pk>/download/", transfer.download, name="download"),
    path("<int:pk>/picture/", transfer.picture, name="picture"),
    path("<int:pk>/thumbnail/", transfer.thumbnail, name="thumbnail"),
]
