"""Routes: the pages of the application, login, health."""

from django.urls import include, path

from rewards_portal.health import live, ready

urlpatterns = [
    path("health/", live, name="health"),
    path("health/ready/", ready, name="health-ready"),
    path("", include("rewards_portal.sign_in.urls")),
    path("", include("allocations.urls")),
]
