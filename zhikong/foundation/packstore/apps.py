from django.apps import AppConfig


class PackstoreConfig(AppConfig):
    name = "zhikong.foundation.packstore"
    label = "packstore"
    verbose_name = "内容库"
