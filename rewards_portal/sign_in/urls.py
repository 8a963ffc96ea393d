"""Routes of the door: only these pages of django-allauth exist."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as elsewhere
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import URLPattern, path, re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from rewards_portal.sign_in import pages
from rewards_portal.sign_in.known import known

_security = never_cache(pages.Security.as_view())

urlpatterns: list[URLPattern] = [
    path("login/", account.login, name="account_login"),
    path("login/second/", factors.authenticate, name="mfa_authenticate"),
    path("login/elsewhere/<slug:provider_id>/", never_cache(pages.sign_in_elsewhere), name="openid_connect_login"),
    path("login/elsewhere/<slug:provider_id>/back/", never_cache(oidc.callback), name="openid_connect_callback"),
    path("login/cancelled/", never_cache(elsewhere.login_cancelled), name="socialaccount_login_cancelled"),
    path("login/error/", never_cache(elsewhere.login_error), name="socialaccount_login_error"),
    path("logout/", require_POST(account.logout), name="account_logout"),
    path("inactive/", never_cache(account.account_inactive), name="account_inactive"),
    path("known/", never_cache(known), name="account_reauthenticate"),
    path("known/passkey/", never_cache(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("password/", never_cache(pages.change_password), name="account_change_password"),
    path("password/reset/", never_cache(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", never_cache(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        never_cache(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        never_cache(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("security/", _security, name="usersessions_list"),
    path("security/sessions/<int:session_id>/end/", never_cache(pages.end_session), name="usersessions_end"),
    # The same page: django-allauth goes there after a change.
    path("security/", _security, name="mfa_index"),
    path("security/", _security, name="mfa_list_webauthn"),
    path("security/app/", never_cache(pages.ActivateApp.as_view()), name="mfa_activate_totp"),
    path("security/app/remove/", never_cache(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("security/passkeys/add/", never_cache(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/remove/", never_cache(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("security/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("security/codes/new/", never_cache(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("security/codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
