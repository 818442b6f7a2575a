"""Secrets in links: made from the installation's key, stored only as their hash."""
from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from flask import current_app

from web.settings import Settings

ANSWER = "answer"  # a client's answer page


def settings() -> Settings:
    """The settings of the running installation."""
    installed: Settings = current_app.config["SETTINGS"]
    return installed


def link_token(purpose: str, subject: str) -> str:
    """The 256-bit secret for one purpose and one subject, the same each time it is asked for.

    It is not stored anywhere: whoever sends a link makes it anew. The key is derived for this use
    alone, so that a link's secret says nothing about sessions or forms signed with SECRET_KEY.
    """
    key = hmac.digest(settings().secret_key.encode(), b"saputnik/links/1", "sha256")
    mac = hmac.digest(key, f"{purpose}\0{subject}".encode(), "sha256")
    return urlsafe_b64encode(mac).rstrip(b"=").decode("ascii")


def token_hash(purpose: str, token: str) -> str:
    """What the database knows of a token; with its purpose, so that no token opens another door."""
    return hashlib.sha256(f"{purpose}\0{token}".encode()).hexdigest()


def answer_token(uid: str) -> str:
    """The secret in the link of the appointment with this UID."""
    return link_token(ANSWER, uid)


def answer_hash(token: str) -> str:
    """What `Appointment.token_hash` holds for this token."""
    return token_hash(ANSWER, token)
