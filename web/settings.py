"""What an installation decides: read once from TOML and the environment, then frozen."""
from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DATABASES = ("sqlite", "postgresql")
SIGN_INS = ("password", "oauth")
GROWTHS = ("none", "linear", "steps", "squared", "doubling")
MOST_POINTS = 1000
DEFAULTS = Path(__file__).parent.parent / "config" / "default.toml"


class SettingsError(ValueError):
    """A setting that is missing, unknown or of the wrong kind; says which and what to write."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation's settings. Durations are in the unit that their name says."""

    secret_key: str
    smtp_password: str
    public_url: str
    database_url: str
    trusted_hosts: tuple[str, ...]
    proxies: int
    session_idle_minutes: int
    session_absolute_hours: int
    mail_host: str
    mail_port: int
    mail_security: str
    mail_user: str
    mail_sign_in: str
    mail_from_address: str
    mail_return_address: str
    mail_office_address: str
    mail_timeout_seconds: int
    mail_per_minute: int
    mail_per_hour: int
    mail_per_day: int
    solver_time_limit_seconds: int
    solver_workers: int
    weight_urgency: int
    weight_growth: str
    weight_points: int
    weight_every_weeks: int
    imap_host: str
    imap_port: int
    imap_security: str
    imap_user: str
    imap_sign_in: str
    imap_password: str
    imap_folder: str
    imap_timeout_seconds: int
    imap_every_seconds: int
    imap_max_bytes: int
    imap_per_run: int
    imap_authserv_id: str
    oauth_token_url: str
    oauth_device_url: str
    oauth_authorize_url: str
    oauth_client_id: str
    oauth_client_secret: str
    oauth_scope: str
    sms_url: str
    sms_method: str
    sms_body: str
    sms_timeout_seconds: int
    sms_per_minute: int
    sms_per_day: int
    sms_headers: Mapping[str, str]
    import_max_bytes: int
    import_max_rows: int
    own_calendars_every_minutes: int
    own_calendars_plain_http: bool
    mailbox_url: str

    @property
    def host(self) -> str:
        """The host name in the public address; it stands in every UID and Message-ID."""
        return urlsplit(self.public_url).hostname or "localhost"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the application over TLS."""
        return self.public_url.startswith("https://")


def _merge(below: Mapping[str, Any], above: Mapping[str, Any], source: str) -> dict[str, dict[str, Any]]:
    merged = {section: dict(values) for section, values in below.items()}
    for section, values in above.items():
        if section not in merged:
            raise SettingsError(f"{source}: unknown section [{section}]; known: {', '.join(sorted(merged))}")
        for key, value in values.items():
            if key not in merged[section]:
                known = ", ".join(sorted(merged[section]))
                raise SettingsError(f"{source}: unknown setting {key} in [{section}]; known: {known}")
            expected = type(merged[section][key])
            if type(value) is not expected:
                raise SettingsError(f"{source}: [{section}] {key} must be of type {expected.__name__}")
            merged[section][key] = value
    return merged


def _check_way_back(mail: Mapping[str, Any], imap: Mapping[str, Any]) -> None:
    for key, blank, room, example in (("return_address", "{token}", 32, "bounce+{token}@example.org"),
                                      ("office_address", "{office}", 10, "office+{office}@example.org")):
        user, _, domain = mail[key].partition("@")
        if mail[key] and (mail[key].count(blank) != 1 or blank not in user or not domain or "@" in domain):
            raise SettingsError(f"[mail] {key} must look like {example}")
        if len(user.replace(blank, "x" * room)) > 64:
            raise SettingsError(f"[mail] {key} must have at most {64 - room + len(blank)} characters "
                                "before the @")
    if imap["security"] not in ("starttls", "tls", "none"):
        raise SettingsError("[imap] security must be tls, starttls or none")
    if not imap["folder"].isascii() or set(imap["folder"]) & set('"\\\r\n'):
        raise SettingsError("[imap] folder must be ASCII without quotation marks and backslashes")
    for key in ("timeout_seconds", "every_seconds", "max_bytes", "per_run"):
        if imap[key] < 1:
            raise SettingsError(f"[imap] {key} must be at least 1")


def _check_oauth(mail: Mapping[str, Any], imap: Mapping[str, Any], oauth: Mapping[str, Any]) -> None:
    for key in ("token_url", "device_url", "authorize_url"):
        if oauth[key] and not (oauth[key].startswith("https://") and urlsplit(oauth[key]).hostname):
            raise SettingsError(f"[oauth] {key} must begin with https://, or be empty")
    for name, section in (("mail", mail), ("imap", imap)):
        if section["sign_in"] not in SIGN_INS:
            raise SettingsError(f"[{name}] sign_in must be password or oauth")
        if section["sign_in"] == "password":
            continue
        for key in ("token_url", "client_id", "scope"):
            if not oauth[key]:
                raise SettingsError(f'[oauth] {key} is missing: [{name}] sign_in = "oauth" needs it')
        if section["security"] == "none":
            raise SettingsError(f'[{name}] security must be tls or starttls where sign_in = "oauth"')
        if not section["user"] or not section["user"].isascii():
            raise SettingsError(f"[{name}] user must be the mailbox's address, in ASCII")


def _sms_headers(sms: Mapping[str, Any], headers: str) -> dict[str, str]:
    if sms["url"] and not (sms["url"].startswith("https://") and urlsplit(sms["url"]).hostname):
        raise SettingsError("[sms] url must begin with https://, or be empty")
    if sms["method"] not in ("POST", "PUT"):
        raise SettingsError("[sms] method must be POST or PUT")
    try:
        json.loads(sms["body"])
    except ValueError as error:
        raise SettingsError(f"[sms] body must be JSON: {error}") from error
    if not all(placeholder in sms["body"] for placeholder in ("{to}", "{text}")):
        raise SettingsError("[sms] body must hold {to} and {text}")
    try:
        read = json.loads(headers or "{}")
    except ValueError:
        read = None
    if not isinstance(read, dict) or not all(isinstance(value, str) for value in read.values()):
        raise SettingsError('SAPUTNIK_SMS_HEADERS: write a JSON object, for example '
                            '{"Authorization": "Bearer …"}')
    return read


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read config/default.toml, the file that SAPUTNIK_CONFIG names, and secrets from `environ`.

    Raises
    ------
    SettingsError
        Where a setting is unknown, of the wrong type, or a secret is missing.
    """
    environ = os.environ if environ is None else environ
    values = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    own = environ.get("SAPUTNIK_CONFIG")
    if own:
        try:
            values = _merge(values, tomllib.loads(Path(own).read_text(encoding="utf-8")), own)
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise SettingsError(f"SAPUTNIK_CONFIG: cannot read {own}: {error}") from error
    secret = environ.get("SAPUTNIK_SECRET_KEY", "")
    if len(secret) < 32:
        raise SettingsError("SAPUTNIK_SECRET_KEY: set it to at least 32 random characters "
                            '(python -c "import secrets; print(secrets.token_urlsafe(48))")')
    site, session, mail, weight = values["site"], values["session"], values["mail"], values["weight"]
    if urlsplit(site["database_url"]).scheme.partition("+")[0] not in DATABASES:
        raise SettingsError("[site] database_url must begin with sqlite:/// or postgresql://")
    if mail["security"] not in ("starttls", "tls", "none"):
        raise SettingsError("[mail] security must be starttls, tls or none")
    _check_way_back(mail, imap := values["imap"])
    _check_oauth(mail, imap, oauth := values["oauth"])
    if values["own_calendars"]["every_minutes"] < 5:
        raise SettingsError("[own_calendars] every_minutes must be at least 5")
    if weight["growth"] not in GROWTHS:
        raise SettingsError(f"[weight] growth must be one of {', '.join(GROWTHS)}")
    for key, least in (("urgency", 0), ("points", 0), ("every_weeks", 1)):
        if not least <= weight[key] <= MOST_POINTS:
            raise SettingsError(f"[weight] {key} must be a whole number from {least} to {MOST_POINTS}")
    return Settings(
        secret_key=secret,
        smtp_password=environ.get("SAPUTNIK_SMTP_PASSWORD", ""),
        public_url=site["public_url"].rstrip("/"),
        database_url=site["database_url"],
        trusted_hosts=tuple(site["trusted_hosts"]),
        proxies=site["proxies"],
        session_idle_minutes=session["idle_minutes"],
        session_absolute_hours=session["absolute_hours"],
        mail_host=mail["host"],
        mail_port=mail["port"],
        mail_security=mail["security"],
        mail_user=mail["user"],
        mail_sign_in=mail["sign_in"],
        mail_from_address=mail["from_address"],
        mail_return_address=mail["return_address"],
        mail_office_address=mail["office_address"],
        mail_timeout_seconds=mail["timeout_seconds"],
        mail_per_minute=mail["per_minute"],
        mail_per_hour=mail["per_hour"],
        mail_per_day=mail["per_day"],
        solver_time_limit_seconds=values["solver"]["time_limit_seconds"],
        solver_workers=values["solver"]["workers"],
        weight_urgency=weight["urgency"],
        weight_growth=weight["growth"],
        weight_points=weight["points"],
        weight_every_weeks=weight["every_weeks"],
        imap_password=environ.get("SAPUTNIK_IMAP_PASSWORD", ""),
        **{f"imap_{key}": value for key, value in imap.items()},
        oauth_client_secret=environ.get("SAPUTNIK_OAUTH_CLIENT_SECRET", ""),
        **{f"oauth_{key}": value for key, value in oauth.items()},
        sms_headers=_sms_headers(values["sms"], environ.get("SAPUTNIK_SMS_HEADERS", "")),
        **{f"sms_{key}": value for key, value in values["sms"].items()},
        import_max_bytes=values["import"]["max_bytes"],
        import_max_rows=values["import"]["max_rows"],
        own_calendars_every_minutes=values["own_calendars"]["every_minutes"],
        own_calendars_plain_http=values["own_calendars"]["plain_http"],
        mailbox_url=values["mailbox"]["url"],
    )
