from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "zhikong.foundation.search"
    label = "search"
    verbose_name = "搜索"
