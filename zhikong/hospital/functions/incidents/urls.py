from zhikong.hospital.functions.incidents import (
    urls_analysis,
    urls_anonymous,
    urls_handling,
    urls_learning,
    urls_reporting,
)

app_name = "incidents"

urlpatterns = [
    *urls_reporting.urlpatterns,
    *urls_anonymous.urlpatterns,
    *urls_handling.urlpatterns,
    *urls_analysis.urlpatterns,
    *urls_learning.urlpatterns,
]
