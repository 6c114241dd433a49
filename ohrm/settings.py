"""All settings, from the environment (`environment/`), read once."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from . import logs
from .environment import judging
from .environment.mail_url import parse_email_url
from .environment.readers import (
    generate_key,
    get_flag,
    get_integer,
    get_keys,
    get_list,
    get_optional,
    get_text,
)
from .policies import CONTENT_SECURITY_POLICY, PERMISSIONS_POLICY  # noqa: F401 (settings, for their middleware)

BASE_DIR = Path(__file__).resolve().parent.parent
judging.load_environment()


def get_trial_secret(name, make):
    """On a trial, a secret nobody set is made once and kept in DATA_DIR; else there is none."""
    if not TRIAL:
        return None
    path = DATA_DIR / f"debug-{name.lower()}"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(make())
    return path.read_text()


# --- Where, and how guarded -------------------------------------------------------------------

# The variable DEBUG makes this a trial: secrets are made up, demo accounts exist, the second factor may wait.
# Django's own setting of that name stays off: its error pages show what was posted, a testimony for example.
TRIAL = get_flag("DEBUG", "off")
DEBUG = False
DATA_DIR = Path(get_text("DATA_DIR", str(BASE_DIR / "var"))).resolve()
try:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(f"DATA_DIR: cannot make {DATA_DIR}: {error.strerror}.") from error

SECRET_KEY = get_text("SECRET_KEY", get_trial_secret("SECRET_KEY", lambda: secrets.token_urlsafe(50)))
# While the key is exchanged: the old one, which still opens sessions, links and second factors but makes no new ones.
SECRET_KEY_FALLBACKS = get_list("SECRET_KEY_FALLBACKS")
SITE_URL = get_text("SITE_URL", f"http://127.0.0.1:{get_text('PORT', '8000')}" if TRIAL else None).rstrip("/")
if urlsplit(SITE_URL).scheme not in {"http", "https"} or not urlsplit(SITE_URL).hostname:
    raise ImproperlyConfigured(f"SITE_URL is {SITE_URL!r}; it must be like https://example.org.")
ONION_HOST = get_optional("ONION_HOST")
ALLOWED_HOSTS = get_list("ALLOWED_HOSTS", ",".join(filter(None, [urlsplit(SITE_URL).hostname, ONION_HOST])))
if TRIAL:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]

TLS = SITE_URL.startswith("https:")
SECURE_SSL_REDIRECT = TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
# What browsers were told once they keep for this long; other hosts below ours, and lists of browsers, only when asked.
SECURE_HSTS_SECONDS = get_integer("HSTS_SECONDS", 365 * 24 * 3600) if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS and get_flag("HSTS_SUBDOMAINS", "off")
SECURE_HSTS_PRELOAD = TLS and get_flag("HSTS_PRELOAD", "off")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "__Host-session" if TLS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if TLS else "csrf"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# They look for Django's own middleware by name. Ours are those: one for the desk alone (`staff.middleware`), one that
# knows the onion address (`ohrm.headers`). The last two ask for HSTS on hosts that are none of ours.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W003", "security.W005", "security.W021"]
CSRF_FAILURE_VIEW = "ohrm.urls.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# An upload never rests on disk before it is rebuilt: it stays in memory up to the size that forms allow.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
MAX_POSTING = max(1, get_integer("THREADS", 8) // 2)  # requests with a body at once in one process

# --- Parts ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "modeltranslation",  # before the admin, which it patches
    "staff.apps.DeskAdminConfig",  # the admin site, in place of django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_prose_editor",
    "django_tasks",
    "django_tasks_db",
    "simple_history",
    "taggit",
    "ohrm",
    "audit",
    "staff",
    "publishing",
    "desk",
    "situations",
    "updates",
    "stories",
    "timeline",
    "newsletter",
    "operations",
    "demo",
]

MIDDLEWARE = [
    "ohrm.headers.SecurityMiddleware",
    "ohrm.headers.ResourcePolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "timeline.serving.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "staff.middleware.SessionMiddleware",
    "ohrm.headers.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "staff.middleware.CsrfViewMiddleware",
    "staff.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "staff.middleware.MessageMiddleware",
    "staff.login.access.AdminAccessMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "timeline.posting.PostingLimitMiddleware",
    "timeline.mirror.failover.MirrorFallbackMiddleware",
]

ROOT_URLCONF = "ohrm.urls"
WSGI_APPLICATION = "ohrm.wsgi.application"
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
                "django.template.context_processors.i18n",
            ],
        },
    },
]

# --- Where things are kept --------------------------------------------------------------------

DATABASES = {"default": dj_database_url.parse(get_text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'ohrm.sqlite3'}"))}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Immediate transactions queue for the write lock instead of failing half-way; WAL lets readers go on.
    # What is opened stays open: on a full disk SQLite could not open it again, not even to read.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = get_text("CACHE_URL", "memory:")
if CACHE_URL.startswith(("redis:", "rediss:")):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}}
elif CACHE_URL == "memory:":
    memory = "django.core.cache.backends.locmem.LocMemCache"
    CACHES = {"default": {"BACKEND": memory, "LOCATION": "ohrm", "OPTIONS": {"MAX_ENTRIES": 2000}}}
else:
    raise ImproperlyConfigured(f"CACHE_URL is {CACHE_URL!r}; it must be memory: or redis://host:port/number.")

MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
media = urlsplit(get_text("MEDIA_URL_STORAGE", f"file://{DATA_DIR / 'media'}"))
MEDIA_ROOT = media.path
if media.scheme == "s3":
    # Private: readers get files through the site, so that a withdrawn one is gone at once.
    bucket = {"bucket_name": media.netloc, "location": media.path.strip("/"), "default_acl": "private"}
    # What is not given here is looked for where boto3 looks: AWS_ACCESS_KEY_ID and the like.
    given = {"access_key": "S3_ACCESS_KEY", "secret_key": "S3_SECRET_KEY"}
    given |= {"region_name": "S3_REGION", "endpoint_url": "S3_ENDPOINT"}
    bucket |= {option: value for option, name in given.items() if (value := get_optional(name))}
    MEDIA_STORAGE = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": bucket}
elif media.scheme == "file":
    MEDIA_STORAGE = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
else:
    raise ImproperlyConfigured("MEDIA_URL_STORAGE must begin with s3:// or file:// .")
STORAGES = {
    "default": MEDIA_STORAGE,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TRIAL
        else "ohrm.static_files.MinifyingManifestStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
# No browser asks for source maps unless somebody debugs it; to shrink one takes longer than all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TRIAL
FILE_UPLOAD_PERMISSIONS = 0o600

# --- People -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "staff.Account"
SECOND_FACTOR = get_text("SECOND_FACTOR", "optional" if TRIAL else "required", choices=["required", "optional"])
SECOND_PERSON = get_text("SECOND_PERSON", "stories", choices=["stories", "all", "none"])
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
PASSWORD_HASHERS = [
    "staff.login.hashing.LeanArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "staff.login.passwords.CommonCoreValidator"},
    {"NAME": "staff.login.passwords.ContextWordValidator"},
    {"NAME": "staff.login.passwords.VarietyValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600
SESSION_ENGINE = "staff.login.sessions"  # how long they last is said there
ACCOUNT_ADAPTER = "staff.login.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "staff.login.adapter.AccountLoginForm",
    "change_password": "staff.login.adapter.PasswordChangeForm",
    "reset_password": "staff.login.adapter.PasswordLinkForm",
    "reset_password_from_key": "staff.login.adapter.PasswordSetForm",
    "reauthenticate": "staff.login.adapter.PasswordReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # they count addresses and lock out; staff/login/throttle.py does neither
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
MFA_ADAPTER = "staff.login.second_factor.MFAAdapter"
MFA_FORMS = {
    "authenticate": "staff.login.second_factor.CodeAuthenticateForm",
    "reauthenticate": "staff.login.second_factor.CodeReauthenticateForm",
    "activate_totp": "staff.login.second_factor.TOTPActivateForm",
    "add_webauthn": "staff.login.second_factor.PasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts are made by administrators, not by sign-up
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = urlsplit(SITE_URL).hostname
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not TLS
# Two people outside who get the head of the audit log each day, so that nobody can rewrite all of it.
AUDIT_WITNESSES = get_list("AUDIT_WITNESSES")

# --- Languages --------------------------------------------------------------------------------

# Every language the project ships with has its columns in the database, so that a site can change
# its choice without a migration.
SHIPPED_LANGUAGES = {
    "en": _("English"),
    "fr": _("French"),
    "es": _("Spanish"),
    "ru": _("Russian"),
    "be": _("Belarusian"),
    "ar": _("Arabic"),
}
chosen = get_list("LANGUAGES", ",".join(SHIPPED_LANGUAGES), choices=SHIPPED_LANGUAGES)
LANGUAGES = [(code, SHIPPED_LANGUAGES[code]) for code in chosen]
LANGUAGE_CODE = LANGUAGES[0][0]
MODELTRANSLATION_LANGUAGES = tuple(SHIPPED_LANGUAGES)
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
# A list on the desk shows a title in whichever language there is; what the public reads is decided in
# publishing/workflow/projection.py.
MODELTRANSLATION_FALLBACK_LANGUAGES = {"default": tuple(SHIPPED_LANGUAGES)}
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "ohrm.formats"

# --- Mail, tasks ------------------------------------------------------------------------------

SUBSCRIBER_KEYS = get_keys("SUBSCRIBER_KEYS", get_trial_secret("SUBSCRIBER_KEYS", generate_key) or "")
# A public key (manage.py new_seal): only the private one, kept elsewhere, opens addresses then.
SUBSCRIBER_SEAL = (get_keys("SUBSCRIBER_SEAL") or [""])[0]
# Newest first: the first seals backups, all open them.
BACKUP_KEY = get_keys("BACKUP_KEY", get_trial_secret("BACKUP_KEY", generate_key) or "")
METRICS_TOKEN = get_optional("METRICS_TOKEN")  # who bears it may read /metrics; without one nobody may
# Where the background worker writes a backup each day, and how many of them stay; empty: nowhere.
BACKUP_TO, BACKUP_KEEP = get_optional("BACKUP_TO"), max(1, get_integer("BACKUP_KEEP", 14))
SUBSCRIBER_EXPORT = get_flag("SUBSCRIBER_EXPORT", "off")  # whether administrators can take the addresses out at all
MIRROR_KEY = (get_keys("MIRROR_KEY", get_trial_secret("MIRROR_KEY", generate_key) or "") or [""])[0]
# Of the names never to be published, newest first.
NAMES_KEYS = get_keys("NAMES_KEYS", get_trial_secret("NAMES_KEYS", generate_key) or "")
# Where the mirror is kept up to date by itself; empty: only when somebody runs `manage.py mirror`.
MIRROR_DIR = get_optional("MIRROR_DIR")
MAIL_PER_MINUTE = get_integer("MAIL_PER_MINUTE", 0)
MAIL_PER_MINUTE_PER_DOMAIN = get_integer("MAIL_PER_MINUTE_PER_DOMAIN", 0)
MAIL_BOUNCES = get_optional("MAIL_BOUNCES")  # bounces@example.org; mail comes back to bounces+TOKEN@example.org
MAIL_CONNECTIONS = max(1, get_integer("MAIL_CONNECTIONS", 8))  # at most, and only to a server that answers slowly

EMAIL_FILE_PATH = DATA_DIR / "mail"
# EMAIL_BACKEND, EMAIL_HOST and the rest of them, MAIL_PROVIDER, ANYMAIL.
globals().update(parse_email_url(get_text("EMAIL_URL", "files:"), webhook=get_optional("MAIL_WEBHOOK")))
DEFAULT_FROM_EMAIL = get_text("MAIL_FROM", f"newsletter@{urlsplit(SITE_URL).hostname}")

TASK_BACKENDS = {"database": "django_tasks_db.DatabaseBackend", "celery": "ohrm.celery.CeleryBackend"}
TASKS = {"default": {"BACKEND": TASK_BACKENDS[get_text("TASKS", "database", choices=TASK_BACKENDS)]}}
BROKER_URL = get_text("BROKER_URL", "redis://127.0.0.1:6379/0")

LOGGING = logs.build_logging(get_text("LOG_FORMAT", "plain", choices=["plain", "json"]))
