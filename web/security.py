"""Who may come in, and what every answer says to the browser."""
from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response as AnyResponse

from web.i18n import gettext as _
from web.i18n import speak_every_language
from web.models import Assistant, Office, User, db, use_office
from web.services import sign_in_links
from web.services.errors import ConflictError, NotFoundError, ServiceError
from web.settings import Settings

View = TypeVar("View", bound=Callable[..., Any])
log = logging.getLogger(__name__)
csrf = CSRFProtect()

SAFE = ("GET", "HEAD", "OPTIONS")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}


def public(view: View) -> View:
    """Let everybody call a view; all others need somebody signed in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def unattended(view: View) -> View:
    """Mark a view that pages poll by themselves: it does not keep a session alive."""
    view.is_unattended = True  # type: ignore[attr-defined]
    return view


def for_assistants(view: View) -> View:
    """Let an assistant who has signed in by a link call a view, and nobody else: not even a coordinator."""
    view.is_for_assistants = True  # type: ignore[attr-defined]
    return view


def is_public(endpoint: str) -> bool:
    """Whether an endpoint answers to people who are not signed in."""
    view = current_app.view_functions[endpoint]
    return endpoint == "static" or bool(getattr(view, "is_public", False))


def local_path(wanted: str) -> str:
    """Return `wanted` where it is a path of this application, else the home page.

    Browsers read a backslash as a slash and skip control characters, so neither is let through.
    """
    parts = urlsplit(wanted) if wanted.isprintable() and "\\" not in wanted else None
    if parts is None or parts.scheme or parts.netloc or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    return wanted


def _load_user() -> User | None:
    if session.user_id is None or session.office_id is None:  # type: ignore[attr-defined]
        return None
    use_office(session.office_id)  # type: ignore[attr-defined]
    user = db.session.get(User, session.user_id)  # type: ignore[attr-defined]
    return user if user is not None and user.active else None


def _load_assistant() -> Assistant | None:
    if session.assistant_id is None or session.office_id is None:  # type: ignore[attr-defined]
        return None
    use_office(session.office_id)  # type: ignore[attr-defined]
    return sign_in_links.still_at_work(session.assistant_id, now=g.now)  # type: ignore[attr-defined]


def _refuse_cross_site() -> None:
    # Beside the CSRF token. "Origin: null" is what browsers send under Referrer-Policy: no-referrer.
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", "null")
    if site is not None:
        if site not in ("same-origin", "none"):
            abort(403)
    elif origin != "null" and urlsplit(origin).netloc != request.host:
        abort(403)


def _guard() -> AnyResponse | None:
    g.user = g.assistant = None
    if isinstance(request.routing_exception, SecurityError):
        return None
    endpoint = request.endpoint
    if endpoint is not None:
        g.unattended = getattr(current_app.view_functions[endpoint], "is_unattended", False)
    if request.method not in SAFE:
        _refuse_cross_site()
    if endpoint is not None and is_public(endpoint):
        return None  # such a page chooses its own office, or has none
    if endpoint is not None and getattr(current_app.view_functions[endpoint], "is_for_assistants", False):
        return _guard_assistant()
    g.user = _load_user()
    if g.user is not None:
        _serve(g.user.language, g.user.office_id)
        return None
    if endpoint is None:
        _admit_assistant()
        return None  # becomes a 404 or 405
    if request.method not in ("GET", "HEAD"):
        abort(401)
    wanted = request.full_path if request.query_string else request.path
    return redirect(url_for("accounts.sign_in", next=wanted), 303)


def _guard_assistant() -> AnyResponse | None:
    if _admit_assistant():
        return None
    speak_every_language()
    if request.method not in ("GET", "HEAD"):
        abort(401)
    return redirect(url_for("mine.outside"), 303)


def _admit_assistant() -> bool:
    g.assistant = _load_assistant()
    if g.assistant is None:
        return False
    _serve(g.assistant.mail_language, g.assistant.office_id)
    speak_every_language()
    return True


def _serve(language: str, office_id: int) -> None:
    g.language = language
    g.office = db.session.get_one(Office, office_id)
    g.timezone = g.office.timezone


def _harden(response: Response) -> Response:
    settings: Settings = current_app.config["SETTINGS"]
    for name, value in HEADERS.items():
        response.headers[name] = value
    if settings.secure:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _page(status: int, title: str, sentence: str) -> AnyResponse | tuple[str, int]:
    if isinstance(request.routing_exception, SecurityError):
        # Nothing is built from a host name that is not ours, not even a link.
        return Response("Bad request\n", status, content_type="text/plain; charset=utf-8")
    return render_template("layout/error.html", status=status, title=title, sentence=sentence), status


def _http_error(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error
    if isinstance(error, CSRFError):
        return _page(400, _("This form is too old"), _(
            "Nothing was saved. Go back, load the page again and send the form once more."))
    pages = {
        400: (_("This request cannot be understood"), _("Go back and try again.")),
        401: (_("Please sign in"), _("Your session has ended. Nothing was saved. Sign in and try again.")),
        403: (_("Not allowed"), _("This request came from somewhere else and was refused.")),
        404: (_("Not found"), _("There is no such page. It may have been removed.")),
        405: (_("Not possible here"), _("This page cannot be used in that way.")),
        413: (_("Too large"), _("What was sent is too large. Send a smaller file.")),
    }
    answer = _page(status, *pages.get(status, (_("This did not work"), _("Go back and try again."))))
    if status == 405 and isinstance(answer, tuple):
        return *answer, {"Allow": ", ".join(sorted(getattr(error, "valid_methods", None) or ()))}
    return answer


def _service_error(error: ServiceError) -> Any:
    db.session.rollback()
    if isinstance(error, NotFoundError):
        return _page(404, _("Not found"), str(error))
    if isinstance(error, ConflictError):
        return _page(409, _("Somebody else was faster"), str(error))
    return _page(400, _("This cannot be done"), str(error))


def _crash(error: InternalServerError) -> Any:
    reference = secrets.token_hex(4)
    log.error("reference %s: %s %s", reference, request.method, request.endpoint,
              exc_info=error.original_exception)
    db.session.rollback()
    try:
        return _page(500, _("Something went wrong"), _(
            "Nothing was saved. If it happens again, give your administrator this reference: %(reference)s",
            reference=reference))
    except Exception:  # the page itself may be what is broken
        log.exception("reference %s: the error page failed too", reference)
        return Response(f"Something went wrong. Reference: {reference}\n", 500,
                        content_type="text/plain; charset=utf-8")


def init_security(app: Flask) -> None:
    """Close every door of the application, and harden every answer."""
    # The session ends a form's life, not a clock of its own; referrers are not sent to anybody.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_CSRF_SSL_STRICT"] = False
    app.before_request(_guard)
    csrf.init_app(app)
    app.after_request(_harden)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ServiceError, _service_error)
    app.register_error_handler(InternalServerError, _crash)
