"""Settings of the one site. Values that differ between hospitals come from $ZHIKONG_HOME, never from code."""

from zhikong.site import connection, discovery, home, logs

OPTIONS = home.options()
HTTPS = bool(OPTIONS.get("https"))
TRAINING = bool(OPTIONS.get("training_site"))  # a hospital to practise in: every page and paper is marked

SECRET_KEY = home.secret("django")
ZHIKONG_HOME = home.folder()
PSEUDONYM_SECRET = home.secret("pseudonyms")  # lost or changed: earlier pseudonyms can no longer be linked
IDENTITY_SECRET = home.secret("identities")  # lost: names and numbers of patients can no longer be read
CHANNEL_SECRET = home.secret(
    "channels"
)  # lost: passwords and keys of mail and message channels are entered again
DEBUG = False
ALLOWED_HOSTS = home.allowed_hosts()
ROOT_URLCONF = "zhikong.site.urls"
AUTH_USER_MODEL = "access.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "zhikong.web",  # first: its templates stand before those of the libraries
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "rules.apps.AutodiscoverRulesConfig",
    "procrastinate.contrib.django",
    *discovery.apps(),
    "allauth",  # after ours, so that our pages for signing in stand before the library's
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "zhikong.site.monitoring.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "zhikong.site.middleware.ContentSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "zhikong.web.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "zhikong.foundation.access.middleware.ScopeMiddleware",
    *(["zhikong.site.training.marks.MarkingMiddleware"] if TRAINING else []),
    "zhikong.foundation.access.first_login.FirstLoginMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhikong.site.panels.context",
            ],
        },
    }
]

DATABASES = connection.databases()

AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [discovery.PACKAGE / "web" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Static files: hashed names once collected; before that (tests) WhiteNoise finds them in the apps.
STATIC_URL = "static/"
STATIC_ROOT = home.folder() / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "zhikong.site.storage.StaticStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists()

# Stored files: addresses and sealing keys lie outside the database. site.json: encrypt_files (true), clamd (a socket's
# path, host:port or "off"), unscanned_files ("quarantine" or "refuse", when a configured scanner does not answer).
FILES_FOLDER = MEDIA_ROOT = home.folder() / "files"
FILES_SECRET = home.secret("file-addresses")  # lost: a content that is uploaded again is kept a second time
FILES_KEY_FILE = home.folder() / "secrets" / "files.key"  # lost: sealed files can no longer be read
FILES_ENCRYPT = bool(OPTIONS.get("encrypt_files"))
FILES_SCANNER = OPTIONS.get("clamd", "")
FILES_UNSCANNED = OPTIONS.get("unscanned_files", "quarantine")
FILES_LARGEST_UPLOAD = 512 * 1024 * 1024  # of any form; tables of data come up to 500 MB
FILE_UPLOAD_HANDLERS = [
    "zhikong.foundation.files.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILES_RESERVE_BYTES = 512 * 1024 * 1024  # uploads stop before the database has no room left

# Raw input as it came in: the folder, and the key outside the data folder ($ZHIKONG_KEYS).
RAW_FOLDER = home.folder() / "raw"
SQL_SOURCES_LOCAL = False  # whether views may be read by a socket of this machine; the tests do
RAW_KEY_FILE = home.keys_folder() / "raw.key"  # lost: raw input can no longer be read

# Anonymous reports wait sealed until the worker takes them over; what opens them lies outside the data folder.
SPEAK_FOLDER = home.folder() / "speak"
SPEAK_KEYS = home.keys_folder() / "speak"
SPEAK_HOLD_HOURS = OPTIONS.get(
    "speak_hold_hours", 24
)  # each report waits for a full hour drawn among so many
SPEAK_RECOGNISER = OPTIONS.get(
    "speak_recogniser", []
)  # a local program: sound in, text out; none: voice is refused
SPEAK_SECRET = home.secret("speak")  # changed: forms that are open in a browser are asked for again

# The audit trail's seals: the key and a copy of every head lie outside the database (decision 8).
AUDIT_KEY_FILE = home.folder() / "secrets" / "audit.key"
AUDIT_HEADS_FOLDER = home.folder() / "audit-heads"

# One cache for all processes: the limits on signing in must count what every worker saw.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": home.folder() / "cache" / "shared",
        "OPTIONS": {"MAX_ENTRIES": 5000},
    }
}

# Signing in: accounts are given by the administrator, with lockout; second factors are optional.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "zhikong.site.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# five wrong passwords lock the account for five minutes; an address may fail oftener, as wards share machines
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/300s/key"}
FIRST_PASSWORD_DAYS = OPTIONS.get("first_password_days", 14)  # then a printed first password opens nothing
MFA_ADAPTER = "zhikong.site.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = home.is_demo()  # browsers allow passkeys on localhost without https
MFA_TOTP_ISSUER = "质控"
MFA_TOTP_TOLERANCE = 1
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Sessions and cookies; a hospital's intranet often has no https, then the cookies cannot demand it.
SESSION_COOKIE_AGE = 10 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# a browser gives cookies to every port of a name: practising must not sign anybody out of the real hospital
SESSION_COOKIE_NAME = "zhikong_training_session" if TRAINING else "zhikong_session"
CSRF_COOKIE_NAME = "zhikong_training_csrf" if TRAINING else "zhikong_csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^alive$", "^ready$", "^metrics$"]
SECURE_HSTS_SECONDS = 30 * 24 * 60 * 60 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OPTIONS.get("trusted_proxy") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"  # "tasks" is what people have to do
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logs.CONFIGURATION
SILENCED_SYSTEM_CHECKS = [
    "security.W004",
    "security.W008",
    "security.W012",
    "security.W016",
]  # https is an option
