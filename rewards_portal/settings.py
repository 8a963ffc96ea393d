"""Every setting of the portal. What differs between installations comes through env.py and nowhere else."""

from pathlib import Path

from csp.constants import NONE, SELF

from rewards_portal import env, logs
from rewards_portal.databases import database
from rewards_portal.sign_in.oidc import elsewhere
from rewards_portal.sign_in.options import *  # noqa: F403 - settings that no environment changes

BASE_DIR = Path(__file__).resolve().parent.parent
# Written by `make run` for its demo; not read with ENKASH_ENVIRONMENT in the environment.
env.read_file(BASE_DIR / "var" / "portal.env", unless="ENKASH_ENVIRONMENT")

# EnKash -----------------------------------------------------------------------------------------------------
ENKASH_ENVIRONMENT = env.choice(
    "ENKASH_ENVIRONMENT",
    options=("simulator", "uat", "live"),
    use="Set simulator, uat or live; `make run` needs none of it set.",
)
ENKASH_API_URL = env.text("ENKASH_API_URL", use="Set the address EnKash gave you, up to its host.")
ENKASH_TOKEN_URL = env.text("ENKASH_TOKEN_URL", use="Set the whole address of EnKash's token call.")
ENKASH_PARTNER_ID = env.text("ENKASH_PARTNER_ID", use="Set the partner id of your contract with EnKash (CR...).")
ENKASH_USERNAME = env.text("ENKASH_USERNAME", use="Set the API user's mobile number.")
ENKASH_PASSWORD = env.text("ENKASH_PASSWORD", use="Set the API user's password.")
ENKASH_CLIENT_ID = env.text("ENKASH_CLIENT_ID", use="Set the OAuth client id of EnKash.")
ENKASH_CLIENT_SECRET = env.text("ENKASH_CLIENT_SECRET", use="Set the OAuth client secret of EnKash.")
ENKASH_COMPANY_ID = env.text("ENKASH_COMPANY_ID", use="Set the company id of the first reward account.", default="")
ENKASH_CARD_ACCOUNT_ID = env.text(
    "ENKASH_CARD_ACCOUNT_ID", use="Set the card account id of the first reward account.", default=""
)
ENKASH_AUTH_SCHEME = env.text("ENKASH_AUTH_SCHEME", use="Set the word before the token.", default="Bearer")
ENKASH_ENCRYPTION = env.choice(
    "ENKASH_ENCRYPTION",
    options=("off", "requests", "both"),
    use="Set what EnKash agreed with you.",
    default="off",
)
ENKASH_ENCRYPTION_KEY = env.text("ENKASH_ENCRYPTION_KEY", use="Set the key EnKash gave you.", default="")
ENKASH_CHUNK_SIZE = env.whole("ENKASH_CHUNK_SIZE", use="Set the rows of one bulk call.", default=50)
ENKASH_CONNECT_TIMEOUT = env.seconds("ENKASH_CONNECT_TIMEOUT", use="Set seconds.", default=5)
ENKASH_TIMEOUT = env.seconds("ENKASH_TIMEOUT", use="Set the seconds that one call may take (D).", default=120)
ENKASH_MAX_TOKEN_AGE = env.seconds("ENKASH_MAX_TOKEN_AGE", use="Set seconds.", default=240)
ENKASH_QUIET_SECONDS = env.seconds(
    "ENKASH_QUIET_SECONDS",
    use="Set the wait before an unknown outcome is looked up (Q), in seconds.",
    default=900,
)
ENKASH_LEASE_SECONDS = env.seconds("ENKASH_LEASE_SECONDS", use="Set a worker's hold on a chunk.", default=300)
ENKASH_JOB_SECONDS = env.whole("ENKASH_JOB_SECONDS", use="Set the seconds after which a job is ended.", default=900)
IMPORT_JOB_SECONDS = env.whole(
    "IMPORT_JOB_SECONDS", use="Set the seconds that reading one list may take.", default=3600
)
ENKASH_SWEEP_SECONDS = env.seconds("ENKASH_SWEEP_SECONDS", use="Set the sweeper's pause.", default=30)
ENKASH_MAX_RESENDS = env.whole("ENKASH_MAX_RESENDS", use="Set a count.", default=3, minimum=0)
ENKASH_RESEND_HORIZON_SECONDS = env.seconds("ENKASH_RESEND_HORIZON_SECONDS", use="Set seconds.", default=86_400)
ENKASH_CANARY_ROWS = env.whole(
    "ENKASH_CANARY_ROWS", use="Set the rows that go first and alone, 0 for none.", default=5, minimum=0
)
ENKASH_STOP_LOSS_PERCENT = env.whole(
    "ENKASH_STOP_LOSS_PERCENT", use="Set the share of failed rows that pauses a run, 0 for none.", default=20, minimum=0
)
ENKASH_STOP_LOSS_ROWS = env.whole(
    "ENKASH_STOP_LOSS_ROWS", use="Set the rows that are decided before the share counts.", default=20
)
ENKASH_STOP_AT_FIRST_UNKNOWN = env.flag(
    "ENKASH_STOP_AT_FIRST_UNKNOWN", use="Set on to pause a run at its first unknown row.", default=False
)
ENKASH_SSO_URL = env.text(
    "ENKASH_SSO_URL",
    use="Set the host of EnKash's own pages, such as https://home.enkash.com; empty: not offered.",
    default="",
)
ENKASH_SSO_PARTNER = env.text("ENKASH_SSO_PARTNER", use="Set the partner's name in EnKash's addresses.", default="hrms")
ENKASH_LOOKUP_PAGE_SIZE = env.whole("ENKASH_LOOKUP_PAGE_SIZE", use="Set the rows of one look-up page.", default=50)

# Limits -----------------------------------------------------------------------------------------------------
from rewards_portal.limits import *  # noqa: E402, F403 - reads the environment, which is complete only now

# Trail ------------------------------------------------------------------------------------------------------
TRAIL_KEY_FILE = env.text(
    "TRAIL_KEY_FILE", use="Set the file that `manage.py make_trail_key` made; empty: no seals.", default=""
)
TRAIL_SEAL_ENTRIES = env.whole("TRAIL_SEAL_ENTRIES", use="Set the entries after which a seal is due.", default=1_000)
TRAIL_SEAL_SECONDS = env.seconds("TRAIL_SEAL_SECONDS", use="Set the longest wait for a seal.", default=900)
TRAIL_SEALS_FILE = env.text(
    "TRAIL_SEALS_FILE", use="Set a file that the portal can only append to, such as a mounted log.", default=""
)
TRAIL_SEALS_MAIL = env.words("TRAIL_SEALS_MAIL", use="Set the auditors' addresses, comma-separated.", default="")

# Secrets, hosts, HTTPS --------------------------------------------------------------------------------------
SECRET_KEY = env.text("SECRET_KEY", use="Set 50 random characters or more and keep them.")
DATA_KEY = env.words(
    "DATA_KEY",
    use="Set one or more Fernet keys, comma-separated; the first one encrypts, all of them decrypt.",
)
DEBUG = env.flag("DEBUG", use="Leave it unset.", default=False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", use="Set the portal's host names, comma-separated.")
HTTPS = env.flag("HTTPS", use="Set off only for a demo on this machine.", default=True)
BEHIND_PROXY = env.flag(
    "BEHIND_PROXY", use="Set on only behind a proxy that overwrites X-Forwarded-Proto.", default=False
)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# Sessions and login -----------------------------------------------------------------------------------------
# The prefix makes browsers refuse the cookie without Secure, so plain HTTP on loopback has to do without.
_HOST = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_HOST}sid"
CSRF_COOKIE_NAME = f"{_HOST}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_COOKIE_AGE = env.whole("SESSION_SECONDS", use="Set the seconds after which a login ends.", default=8 * 3600)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = env.whole(
    "SESSION_IDLE_SECONDS", use="Set the seconds without a click after which a login ends.", default=1800
)
SECOND_FACTOR_REQUIRED = env.flag(
    "SECOND_FACTOR_REQUIRED", use="Set off only for a demo beside the simulator.", default=True
)
# Browsers have passkeys on http://localhost too; only a demo is there.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
BREACHED_PASSWORDS_FILE = env.text(
    "BREACHED_PASSWORDS_FILE", use="Set a sorted file of SHA-1 hashes of stolen passwords; empty: none.", default=""
)
OIDC_SERVER_URL = env.text("OIDC_SERVER_URL", use="Set the issuer's address; empty: no sign-in elsewhere.", default="")
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID", use="Set the client id that the issuer gave the portal.", default="")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET", use="Set the secret of that client.", default="")
OIDC_NAME = env.text("OIDC_NAME", use="Set the name that the button shows.", default="your company account")
SOCIALACCOUNT_PROVIDERS = elsewhere(
    server_url=OIDC_SERVER_URL, client_id=OIDC_CLIENT_ID, secret=OIDC_CLIENT_SECRET, name=OIDC_NAME
)
# Of the proxies before the portal one is ours: the address that it names is where limits are counted.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0

# Mail -------------------------------------------------------------------------------------------------------
EMAIL_HOST = env.text("EMAIL_HOST", use="Set the mail server; empty: mails are printed.", default="")
EMAIL_PORT = env.whole("EMAIL_PORT", use="Set the mail server's port.", default=587)
EMAIL_HOST_USER = env.text("EMAIL_USER", use="Set the user of the mail server.", default="")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD", use="Set the password of that user.", default="")
EMAIL_USE_TLS = env.flag("EMAIL_TLS", use="Set off only for a mail server on this machine.", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", use="Set the sender of mails.", default="rewards-portal@localhost")
UNKNOWN_ROWS_MINUTES = env.whole(
    "UNKNOWN_ROWS_MINUTES", use="Set the minutes after which people are told of unknown rows.", default=60
)
PORTAL_URL = env.text("PORTAL_URL", use="Set the portal's address, as mails link to it.", default="")
PORTAL_URL = PORTAL_URL or f"{'https' if HTTPS else 'http'}://{ALLOWED_HOSTS[0]}"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"

# Application ------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "rewards_portal",
    "allocations",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_rq",
    "import_export",
]
MIDDLEWARE = [
    "rewards_portal.request_ids.RequestIds",
    "rewards_portal.never_kept.NeverKept",
    "rewards_portal.api_refusals.ApiRefusals",
    "rewards_portal.languages.Languages",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rewards_portal.sign_in.sessions.Sessions",
    "django.middleware.common.CommonMiddleware",
    "rewards_portal.bodies.Bodies",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "rewards_portal.sign_in.ageing.Ageing",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rewards_portal.api_heads.ApiHeads",
]
ROOT_URLCONF = "rewards_portal.urls"
WSGI_APPLICATION = "rewards_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
# The first is what everything but a page of somebody who chose otherwise is written in.
LANGUAGE_CODE = "en-in"
LANGUAGES = [(LANGUAGE_CODE, "English"), ("hi", "हिन्दी")]
LANGUAGE_COOKIE_NAME = f"{_HOST}lang"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Kolkata"
USE_TZ = True
USE_I18N = True

# Data, queues, files ----------------------------------------------------------------------------------------
DATABASES = {
    "default": database(
        env.text("DATABASE_URL", use="Set postgresql://user:password@host/name or sqlite:///var/portal.sqlite3."),
        base=BASE_DIR,
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL", use="Set redis://:password@host:6379/0 or unix:///path/redis.sock?db=0.")
_QUEUE = {
    "URL": REDIS_URL,
    "DEFAULT_TIMEOUT": ENKASH_JOB_SECONDS,
    "SERIALIZER": "rq.serializers.JSONSerializer",
}
RQ_QUEUES = {"imports": {**_QUEUE, "DEFAULT_TIMEOUT": IMPORT_JOB_SECONDS}, "runs": dict(_QUEUE)}
RQ_SHOW_ADMIN_LINK = False
MEDIA_ROOT = BASE_DIR / env.text("MEDIA_ROOT", use="Set a folder outside the web root.", default="var/uploads")
SPOOL_ROOT = BASE_DIR / env.text("SPOOL_ROOT", use="Set a folder outside the web root.", default="var/spool")
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / env.text("STATIC_ROOT", use="Set a folder.", default="staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "rewards_portal.packages.PackageFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644},
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Pressing Tabler's source map would take longer than everything else; only developers' tools ask for it.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "woff2")

BACKUP_KEYS = env.words(
    "BACKUP_KEYS", use="Set keys that `manage.py make_backup_key` printed, comma-separated.", default=""
)
METRICS_TOKEN = env.text("METRICS_TOKEN", use="Set a long random text, or nothing.", default="")

logs.configure()
LOGGING = logs.logging_settings(
    readable=env.flag("LOG_READABLE", use="Set on to read logs in a terminal.", default=False),
    level=env.choice("LOG_LEVEL", options=("DEBUG", "INFO", "WARNING"), use="Set one of them.", default="INFO"),
)
