"""Routes: the pages of the application and its API, login, health, metrics."""

from django.urls import include, path

from allocations.api.portal import api
from rewards_portal.health import live, ready
from rewards_portal.languages import choose
from rewards_portal.metrics import metrics

urlpatterns = [
    path("health/", live, name="health"),
    path("health/ready/", ready, name="health-ready"),
    path("metrics/", metrics, name="metrics"),
    path("language/", choose, name="language"),
    path("api/v1/", api.urls),
    path("", include("rewards_portal.sign_in.urls")),
    path("", include("allocations.urls")),
]

handler500 = "rewards_portal.request_ids.failed"
