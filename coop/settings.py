"""Settings: one flat file. Every variable of the environment is read here and documented in docs/configuration.md."""

from datetime import date
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from coop import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

# --- kind of installation ---------------------------------------------------------------------------------------------

ENVIRONMENT = env.str("PARTAGEE_ENV", default="development")
if ENVIRONMENT not in {"development", "production", "test"}:
    raise ImproperlyConfigured(f"PARTAGEE_ENV is {ENVIRONMENT!r}; allowed are development, production and test")
PRODUCTION = ENVIRONMENT == "production"
DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
VAR = Path(env.str("PARTAGEE_VAR", default=str(BASE_DIR / "var"))).resolve()
DATABASE_ROLE = env.str("PARTAGEE_DATABASE_ROLE", default="run")
if DATABASE_ROLE not in {"run", "owner"}:
    raise ImproperlyConfigured(f"PARTAGEE_DATABASE_ROLE is {DATABASE_ROLE!r}; allowed are run and owner")


def reference_day() -> date | None:
    """Return the day on which a demonstration plays: as set, else as kept beside its data. Elsewhere there is none."""
    kept = VAR / "reference-day"
    day = env.str("PARTAGEE_REFERENCE_DAY", default="") or (kept.read_text().strip() if DEMO and kept.exists() else "")
    return date.fromisoformat(day) if day else None


REFERENCE_DAY = reference_day()
if PRODUCTION and (DEMO or REFERENCE_DAY):
    raise ImproperlyConfigured("DEMO and PARTAGEE_REFERENCE_DAY are for demonstrations; unset them in production")

# --- secrets ----------------------------------------------------------------------------------------------------------


def secret(name: str) -> str:
    """Return a secret from the environment or its file; outside production a fixed, public value serves."""
    value: str = env.str(name, default="")
    if not value and PRODUCTION:
        raise ImproperlyConfigured(
            f"{name} must be set in production (or {name}_FILE to the path of a file that holds it)"
        )
    return value or f"not-a-secret-{name.lower()}"


SECRET_KEY = secret("SECRET_KEY")
ENCRYPTION_KEYS = secret("PARTAGEE_ENCRYPTION_KEYS")
INDEX_KEY = secret("PARTAGEE_INDEX_KEY")

# --- servers ----------------------------------------------------------------------------------------------------------

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_ADDRESS = env.str("SITE_ADDRESS", default="http://127.0.0.1:8000")

EMBEDDED_DATABASE = not env.str("DATABASE_URL", default="")
DATABASE_URL, DATABASE_OWNER_URL = embedded.database_addresses(
    env.str("DATABASE_URL", default=""), env.str("DATABASE_OWNER_URL", default=""), var=VAR, production=PRODUCTION
)
DATABASES = {
    "default": {
        **environ.Env.db_url_config(DATABASE_OWNER_URL if DATABASE_ROLE == "owner" else DATABASE_URL),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": env.str("PARTAGEE_TEST_DATABASE", default="test_partagee")},
    }
}
REDIS_URL = env.str("REDIS_URL", default="") or embedded.valkey_address(VAR, production=PRODUCTION)

# --- application ------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "pghistory",
    "django_linear_migrations",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "lucide",
    "djmoney",
    "rules.apps.AutodiscoverRulesConfig",
    "coop",
    "coop.history",
    "coop.entities",
    "coop.access",
    "coop.imports",
    "coop.documents",
    "coop.ledger",
    "coop.banking",
    "members",
    "invoicing",
    "payroll",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "coop.history.middleware.HistoryMiddleware",
    "coop.access.middleware.AccessMiddleware",
]

ROOT_URLCONF = "coop.urls"
CSRF_FAILURE_VIEW = "coop.views.csrf_failure"
WSGI_APPLICATION = "coop.wsgi.application"
ASGI_APPLICATION = "coop.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_loaders = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "coop.shell.context",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _loaders if DEBUG else [("django.template.loaders.cached.Loader", _loaders)],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "coop.templatetags.partagee",
            ],
        },
    }
]

# --- people -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
if ENVIRONMENT == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; tests log in hundreds of times
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "members:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "coop.access.adapter.ClosedAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^health$"]  # asked from inside, without the proxy
    SECURE_HSTS_SECONDS = 31_536_000

# --- content security -------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY: dict[str, list[str] | str] = {
    "camera": "self",
    **{
        name: []
        for name in ("geolocation", "microphone", "payment", "usb", "accelerometer", "gyroscope", "magnetometer")
    },
}

# --- language, time ---------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Europe/Brussels"
USE_TZ = True
CURRENCIES = ("EUR",)
DEFAULT_CURRENCY = "EUR"

# --- files ------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
DOCUMENTS_ROOT = Path(env.str("DOCUMENTS_ROOT", default=str(VAR / "documents")))
PEPPOL_FOLDER = Path(env.str("PEPPOL_FOLDER", default=str(VAR / "peppol")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# --- mail -------------------------------------------------------------------------------------------------------------

MAIL_URL = env.str("EMAIL_URL", default="" if PRODUCTION else f"filemail:///{VAR / 'mail'}")
SENDS_MAIL = bool(MAIL_URL)
globals().update(env.email_url_config(MAIL_URL or "dummymail://"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="Partagée <partagee@localhost>")
EMAIL_TIMEOUT = 20

# --- tasks ------------------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {
    "celery": {},
    "documents": {},
}  # emptied in turn: documents keep nothing else waiting
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {"coop.documents.tasks.*": {"queue": "documents"}}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
