"""The settings of mail that EMAIL_URL stands for: files, a mail server, or a provider.

Not here: how the environment is read (`readers.py`), how mail is handed over (`newsletter/mail/`).
"""

from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Providers that can be told, with each message, to count no openings and to rewrite no link. How EMAIL_URL names one,
# and which setting of django-anymail each part of it is. All others take smtps:// .
MAIL_PROVIDERS = {
    "mailgun": (
        "mailgun://KEY@news.example.org?region=eu&signing=KEY",
        {
            "key": "MAILGUN_API_KEY",
            "domain": "MAILGUN_SENDER_DOMAIN",
            "region": "MAILGUN_API_URL",
            "signing": "MAILGUN_WEBHOOK_SIGNING_KEY",
        },
    ),
    "postmark": (
        "postmark://TOKEN?stream=broadcast",
        {"key": "POSTMARK_SERVER_TOKEN", "stream": "POSTMARK_MESSAGE_STREAM"},
    ),
    "sparkpost": ("sparkpost://KEY?region=eu", {"key": "SPARKPOST_API_KEY", "region": "SPARKPOST_API_URL"}),
}
PROVIDER_BACKENDS = {"sparkpost": "newsletter.mail.sparkpost.Backend"}
EU_API_URLS = {"mailgun": "https://api.eu.mailgun.net/v3", "sparkpost": "https://api.eu.sparkpost.com/api/v1"}


def parse_email_url(url, *, webhook=""):
    """{name of a setting: value} for `url`; `webhook`, NAME:PASSWORD, is what a provider proves itself by.

    Raises ImproperlyConfigured, without the value: it may hold a password.
    """
    parts = urlsplit(url)
    if parts.scheme == "files":
        chosen = {"EMAIL_BACKEND": "newsletter.mail.file_backend.FileBackend"}
    elif parts.scheme in {"smtp", "smtps"}:
        chosen = parse_mail_server(parts)
    elif parts.scheme in MAIL_PROVIDERS:
        chosen = {"EMAIL_BACKEND": PROVIDER_BACKENDS.get(parts.scheme, f"anymail.backends.{parts.scheme}.EmailBackend")}
    else:
        ways = ", ".join(f"{name}://" for name in ["smtp", "smtps", *MAIL_PROVIDERS])
        raise ImproperlyConfigured(
            f"EMAIL_URL must begin with {ways} or be files: . Every other provider takes smtps:// ."
        )
    provider = parts.scheme if parts.scheme in MAIL_PROVIDERS else ""
    anymail = parse_mail_provider(url) if provider else {}
    return chosen | {"MAIL_PROVIDER": provider, "ANYMAIL": build_anymail(anymail, webhook=webhook)}


def build_anymail(chosen, *, webhook):
    sending = {"SEND_DEFAULTS": {"track_opens": False, "track_clicks": False}, "REQUESTS_TIMEOUT": 20}
    if webhook and len(webhook.partition(":")[2]) < 20:
        raise ImproperlyConfigured("MAIL_WEBHOOK must be like NAME:PASSWORD, the password 20 characters or longer.")
    # Reports of returned mail come to https://NAME:PASSWORD@HOST/newsletter/returns/ .
    return sending | chosen | ({"WEBHOOK_SECRET": webhook} if webhook else {})


def parse_mail_server(parts):
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": "starttls" in parse_qs(parts.query, keep_blank_values=True),
        "EMAIL_TIMEOUT": 20,
    }


def parse_mail_provider(url):
    """The settings of django-anymail that an address such as mailgun://KEY@news.example.org?region=eu stands for."""
    parts = urlsplit(url)
    form, names = MAIL_PROVIDERS[parts.scheme]
    key, _at, domain = parts.netloc.partition("@")
    said = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    said |= {"key": unquote(key)} | ({"domain": domain} if domain else {})
    good = key and ("domain" in names) == ("domain" in said) and said.keys() <= names.keys()
    if not good or said.get("region", "eu") != "eu":
        raise ImproperlyConfigured(f"EMAIL_URL: for {parts.scheme} it must be like {form} (from the ? on as wanted).")
    if "region" in said:
        said["region"] = EU_API_URLS[parts.scheme]
    return {names[name]: value for name, value in said.items()}
