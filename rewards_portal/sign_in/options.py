"""What django-allauth is told. Nobody signs up, nobody learns whether a user name or an address is known."""

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
_VALIDATORS = "django.contrib.auth.password_validation"
_OWN = "rewards_portal.sign_in.passwords"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{_OWN}.DressedUpValidator"},
    {"NAME": f"{_OWN}.BreachedValidator"},
    {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
]

ACCOUNT_ADAPTER = "rewards_portal.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_SIGNUP_ENABLED = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Rewards portal: "
# allauth's own writes addresses when a link is only looked at.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# Sessions end by our own clock, whatever the browser keeps.
ACCOUNT_SESSION_REMEMBER = False
# "login_failed" counts a name from one network: nobody is shut out by who guesses elsewhere. The other one counts
# the name from all networks, for a guesser who has many.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "50/15m/ip,5/15m/key",
    "login_failed_anywhere": "20/15m/key",
    "reset_password": "20/15m/ip,5/h/key",
    "reset_password_from_key": "20/15m/ip",
    "change_password": "5/15m/user",
    "reauthenticate": "30/15m/user",
}

# The limits are counted in the database: every process sees them, an emptied Redis forgets none, and Redis away
# neither opens the door nor locks everybody out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "sign_in_limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

SOCIALACCOUNT_ADAPTER = "rewards_portal.sign_in.elsewhere.ElsewhereAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
# The link on our page begins it; what comes back has to carry what was sent along.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10

MFA_ADAPTER = "rewards_portal.sign_in.factors.FactorAdapter"
MFA_FORMS = {
    "add_webauthn": "rewards_portal.sign_in.passkeys.AddForm",
    "authenticate_webauthn": "rewards_portal.sign_in.passkeys.AuthenticateForm",
    "reauthenticate_webauthn": "rewards_portal.sign_in.passkeys.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Rewards portal"
# One step before and after, for clocks that are a little off; a code works once all the same.
MFA_TOTP_TOLERANCE = 1
# Addresses are an owner's word: nobody signs up with one.
MFA_ALLOW_UNVERIFIED_EMAIL = True
