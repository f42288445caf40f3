from zhikong.hospital.functions.improvements import urls_projects, urls_tools

app_name = "improvements"

urlpatterns = [*urls_projects.urlpatterns, *urls_tools.urlpatterns]
