"""Settings common to every environment; what differs by installation comes from the environment or `.env`."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from .environment import database, email_settings, file_storages, logging_settings, read_environment

ROOT = Path(__file__).resolve().parents[3]
env = read_environment(ROOT)
# What the portal writes and no backup of code holds: SQLite, collected static files, without MEDIA_ROOT not media.
VAR = Path(env.str("VAR_DIR", default=str(ROOT / "var")))
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_ID = 1

PORTAL_APPS = [
    "portal.core",
    "portal.notifications",
    "portal.accounts",
    "portal.approvals",
    "portal.ledger",
    "portal.metering",
    "portal.billing",
    "portal.receipts",
    "portal.payments",
    "portal.service_requests",
    "portal.integrity",
    "portal.exchange",
    "portal.cabinet",
    "portal.office",
    "portal.api",
    "portal.operations",
]
CMS_APPS = [
    "cms_pages.core",
    "cms_pages.home",
    "cms_pages.news",
    "cms_pages.tariffs",
    "cms_pages.documents",
    "cms_pages.complaints",
    "cms_pages.outages",
    "cms_pages.contacts",
    "cms_pages.standard",
]
INSTALLED_APPS = [
    *PORTAL_APPS,
    *CMS_APPS,
    "wagtail.contrib.settings",
    "wagtail.contrib.redirects",
    "wagtail.contrib.forms",
    "wagtail.contrib.search_promotions",
    "wagtail_modeladmin",
    "wagtail.embeds",
    "wagtail.sites",
    "portal.office.users.apps.UsersConfig",  # wagtail.users with our forms
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.api.v2",
    "wagtail",
    "modelcluster",
    "taggit",
    "rest_framework",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "portal.accounts.openid_app.OpenIDConfig",
    "allauth.mfa",
    "portal.accounts.usersessions_app.UserSessionsConfig",
    "django_q",
    "django_htmx",
    "captcha",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "portal.core.request_log.RequestLogMiddleware",
    "portal.core.middleware.HealthMiddleware",
    "portal.core.metrics_middleware.BeforeMiddleware",
    "portal.core.metrics_middleware.RequestMetricsMiddleware",
    "portal.api.middleware.ApiMiddleware",
    "portal.core.middleware.BrowserDataMiddleware",
    "portal.core.middleware.ServiceUnavailableMiddleware",
    "portal.core.middleware.NoSpaceMiddleware",
    "portal.core.bad_requests.BadRequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "portal.core.overload.OverloadMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.core.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.core.middleware.LanguageFromCookieMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.core.middleware.ContentSecurityPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.core.rate_limits.edge.RateLimitMiddleware",
    "portal.accounts.middleware.LoginDutiesMiddleware",
    "portal.office.audit.noting.AuditMiddleware",
    "portal.office.admin_access.AdminAccessMiddleware",
    "portal.office.wagtail_lists.WagtailParametersMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "portal.core.context_processors.portal",
                "cms_pages.core.context_processors.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Databases: SQLite serves a small company; DATABASE_URL=postgres://… changes nothing else.
# Whether DATABASE_URL leads to pgbouncer in transaction mode (docs/decisions/133-pgbouncer-in-transaction-mode.md).
DATABASE_POOLED = env.bool("DATABASE_POOLED", default=False)
# How many standbys follow the database; fewer raise an alert (deploy/monitoring/alerts.yml).
DATABASE_STANDBYS = env.int("DATABASE_STANDBYS", default=0)
DATABASES = {"default": database(env, default=f"sqlite:///{VAR / 'portal.sqlite3'}", is_pooled=DATABASE_POOLED)}

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "portal.core.caches.FailSoftRedisCache", "LOCATION": REDIS_URL}}
    SESSION_ENGINE = "portal.core.sessions.cached_db"
else:
    CACHE_DIR = env.str("CACHE_DIR", default=str(VAR / "cache"))
    CACHES = {"default": {"BACKEND": "portal.core.caches.FailSoftFileCache", "LOCATION": CACHE_DIR}}
    SESSION_ENGINE = "portal.core.sessions.db"
# Each process remembers the pictures' copies itself: after a restore or a reset none is named that is not there.
CACHES["renditions"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"}

# Jobs: the ORM broker lost nothing when it was killed; `retry` is well above `timeout` plus waiting time.
Q_CLUSTER = {
    "name": "portal",
    "orm": "default",
    "broker_class": "portal.core.broker.DatabaseBroker",
    "workers": env.int("Q_WORKERS", default=2),
    "timeout": 300,
    "retry": 900,
    "max_attempts": 3,
    "ack_failures": False,
    "catch_up": False,
    "poll": 0.5,
    "queue_limit": 8,
    "save_limit": 2000,
    "max_rss": 600_000,
    "recycle": 200,
}
# Real time after which a queued chunk of a run is taken for lost and queued again: above the `timeout` of a job.
RUN_STALE_AFTER = timedelta(minutes=10)

EMAIL_CONFIG = email_settings(env, default="consolemail://")
globals().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@portal.example")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["portal.accounts.backends.PortalBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "portal.accounts.passwords.KnownWordsValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/personal/"
LOGOUT_REDIRECT_URL = "/"
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"

PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# A page or a collection under one shared password would be one more password to guess: closed ones take a login.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}

# Ways in: portal.accounts; guessing is counted in our own table (docs/decisions/020-guessing.md).
ACCOUNT_ADAPTER = "portal.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "portal.accounts.adapters.SocialAccountAdapter"
MFA_ADAPTER = "portal.accounts.adapters.MFAAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reauthenticate": None,
    "reset_password": None,
    "reset_password_from_key": None,
}
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.LoginForm",
    "reset_password_from_key": "portal.accounts.forms.RecoveredPasswordForm",
    "user_token": "portal.accounts.forms.UserTokenForm",
    "reauthenticate": "portal.accounts.forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "portal.accounts.forms.AuthenticateForm",
    "reauthenticate": "portal.accounts.forms.MFAReauthenticateForm",
    "activate_totp": "portal.accounts.forms.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_AUTO_SIGNUP = False
# Whether a new site offers the login through LiveJournal before its staff said so in the admin.
LIVEJOURNAL_BY_DEFAULT = False
# Secrets in database fields: the first key encrypts, all decrypt; none: SECRET_KEY (portal.core.encryption).
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[])
# Private files in their storage: likewise; none: the keys above (portal.core.files.encrypted).
FILE_ENCRYPTION_KEYS = env.list("FILE_ENCRYPTION_KEYS", default=[])
STAFF_TWO_FACTOR_REQUIRED = env.bool("STAFF_TWO_FACTOR_REQUIRED", default=False)
# Networks of our own reverse proxies: only they are believed about X-Forwarded-For (logins, limits, payment notices).
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

# Who sees the state of each part at /readyz: direct calls from these networks, or the token as a Bearer.
READYZ_NETWORKS = env.list("READYZ_NETWORKS", default=["127.0.0.0/8", "::1/128"])
READYZ_TOKEN = env.str("READYZ_TOKEN", default="")
# A request that waited longer for a free thread, in seconds, is answered 503 at once. 0: never.
QUEUE_TIMEOUT = env.float("QUEUE_TIMEOUT", default=5.0)

# Who gets /metrics (others a page that is not found), and where the processes of this machine count together.
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=["127.0.0.0/8", "::1/128"])
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_DIR = env.str("METRICS_DIR", default="")
PROMETHEUS_LATENCY_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, float("inf"))

# Errors to Sentry or GlitchTip, without personal data. Empty: nothing is loaded, nothing is sent.
SENTRY_DSN = env.str("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="production")

# Read by the page of the system: revision without git, result of deploy/backup, certificate (none: of BASE_URL).
_REVISION = ROOT / "REVISION"  # written by deploy/switch-web
PORTAL_REVISION = env.str("PORTAL_REVISION", default=_REVISION.read_text().strip() if _REVISION.is_file() else "")
BACKUP_STATUS_FILE = env.str("BACKUP_STATUS_FILE", default=str(VAR / "backup-status.json"))
# Where deploy/postgresql-backup makes backups of the database (pgBackRest), its result besides. Empty: nowhere.
DATABASE_BACKUP_STATUS_FILE = env.str("DATABASE_BACKUP_STATUS_FILE", default="")
BACKUP_EXPECTED = env.bool("BACKUP_EXPECTED", default=False)
TLS_CERTIFICATE = env.str("TLS_CERTIFICATE", default="")

SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
MESSAGE_STORAGE = "portal.core.message_storage.MessageStorage"
MESSAGE_COOKIE_NAME = "messages"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# By which a browser that logged in before is known (portal.accounts.services.devices).
DEVICE_COOKIE_NAME = "device"
# What no page of ours asks a browser for.
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(),"
    " midi=(), payment=(), usb=()"
)

# The public site and the cabinet; the admin has its own (portal.core.middleware).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
    }
}

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = [("ru", "Русский")]
LOCALE_PATHS = [ROOT / "site" / "locale"]
TIME_ZONE = "Europe/Moscow"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]
WAGTAIL_DATE_FORMAT = "%d.%m.%Y"
WAGTAIL_TIME_FORMAT = "%H:%M"
WAGTAIL_DATETIME_FORMAT = "%d.%m.%Y %H:%M"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [ROOT / "site" / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.core.stylesheets.StylesheetFinder",
]
BUILT_STYLESHEETS = VAR / "stylesheets"
# Files lie under MEDIA_ROOT, or, where S3_BUCKET is given, in one bucket that only the portal reads.
S3_BUCKET = env.str("S3_BUCKET", default="")
S3_ENDPOINT = env.str("S3_ENDPOINT", default="")
S3_ACCESS_KEY = env.str("S3_ACCESS_KEY", default="")
S3_SECRET_KEY = env.str("S3_SECRET_KEY", default="")
S3_REGION = env.str("S3_REGION", default="us-east-1")
S3_ADDRESSING = env.str("S3_ADDRESSING", default="path")
STORAGES = file_storages(in_bucket=bool(S3_BUCKET)) | {
    "staticfiles": {"BACKEND": "portal.core.static_files.ReleaseStaticStorage"}
}
MEDIA_URL = "/media/"
SERVE_MEDIA = bool(S3_BUCKET)  # without a bucket the web server reads pictures from the disk
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(ROOT / "media")))
# Of static files; who may read uploads is said by portal.core.files.storage.
FILE_UPLOAD_PERMISSIONS = 0o644
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755
# A picture is refused by its header above so many pixels; decoding one takes up to six bytes a pixel.
PICTURE_MAX_PIXELS = env.int("PICTURE_MAX_MEGAPIXELS", default=20) * 1_000_000
# Of one file, whoever sends it: residents, staff, editors. The forms say this number.
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", default=15)
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "cms_pages.core.richtext.CleanRichTextArea"}}
WAGTAIL_SITE_NAME = "Портал водоканала"  # pages name the company of the settings
WAGTAILADMIN_BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000")
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILADMIN_PERMITTED_LANGUAGES = [("ru", "Русский"), ("en", "English")]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms_pages.core.uploads.CheckedDocumentForm"
WAGTAILDOCS_MAX_UPLOAD_SIZE = UPLOAD_MAX_MB * 1024 * 1024
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "odt", "ods", "rtf", "txt"]
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "gif"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms_pages.core.uploads.CleanImageForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = UPLOAD_MAX_MB * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = PICTURE_MAX_PIXELS
WAGTAILIMAGES_FEATURE_DETECTION_ENABLED = False
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAILAPI_LIMIT_MAX = 50
CAPTCHA_FLITE_PATH = ""
CAPTCHA_SOX_PATH = ""
CAPTCHA_FONT_SIZE = 34
CAPTCHA_IMAGE_SIZE = (190, 60)
CAPTCHA_LENGTH = 5
CAPTCHA_TIMEOUT = 10
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TAGGIT_CASE_INSENSITIVE = True
PHONENUMBER_DEFAULT_REGION = "RU"

PORTAL_TODAY = env.str("PORTAL_TODAY", default="")
PORTAL_CLOCK_MAY_MOVE = False
# Empty: no cards are taken. The demo's bank credits test cards: only the demo and the tests allow it.
PAYMENT_GATEWAY = env.str("PAYMENT_GATEWAY", default="")
PAYMENT_GATEWAYS = {"yookassa": "portal.payments.gateways.yookassa.gateway.YooKassaGateway"}
"""Gateways that may be chosen: code (twelve characters at most) and class."""
# Credit payments of a test shop, with which no money comes: for development and the demo alone.
PAYMENTS_TAKE_TESTS = env.bool("PAYMENTS_TAKE_TESTS", default=False)
YOOKASSA_SHOP_ID = env.str("YOOKASSA_SHOP_ID", default="")
YOOKASSA_SECRET_KEY = env.str("YOOKASSA_SECRET_KEY", default="")
YOOKASSA_API_URL = env.str("YOOKASSA_API_URL", default="https://api.yookassa.ru/v3")
YOOKASSA_NOTICE_NETWORKS = env.list("YOOKASSA_NOTICE_NETWORKS", default=[])
TIMETABLE = "config.schedule.TIMETABLE"

# Of log lines: json (one object a line, what production writes) or plain.
LOGGING = logging_settings(env, default="plain", access=False)

if SENTRY_DSN:
    from portal.core import error_reports

    error_reports.start(SENTRY_DSN, environment=SENTRY_ENVIRONMENT, release=PORTAL_REVISION)
