"""Routes: the pages of the application, login, health."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from rewards_portal.health import live, ready

urlpatterns = [
    path("health/", live, name="health"),
    path("health/ready/", ready, name="health-ready"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", include("allocations.urls")),
]
