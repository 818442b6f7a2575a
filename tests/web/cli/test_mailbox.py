"""Signing in to a mailbox from the command line, at a provider that is real but for its people."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.dovecot import USER, dovecot
from tests.web.oauth import Provider, provider
from tests.web.settings import make_settings
from tests.web.smtp import MailServer, mail_server
from web import create_app
from web.models import MailGrant, db
from web.services import oauth, oauth_sign_in, sealing, tokens
from web.services.oauth_http import OauthError

PENDING = (400, {"error": "authorization_pending"})
SLOWER = (400, {"error": "slow_down"})


@pytest.fixture
def here() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture
def server(here: Provider) -> Iterator[MailServer]:
    with mail_server() as running:
        running.tokens = here.access
        yield running


@contextmanager
def application(url: str, here: Provider, server: MailServer, **changes: Any) -> Iterator[Flask]:
    app = create_app(make_settings(url, **{
        "oauth_token_url": f"{here.url}/token", "oauth_device_url": f"{here.url}/device",
        "oauth_authorize_url": "https://provider.example/agree", "oauth_client_id": "saputnik",
        "oauth_scope": "mail offline", "mail_host": "127.0.0.1", "mail_port": server.port,
        "mail_security": "none", "mail_user": USER, "mail_sign_in": "oauth", "imap_user": USER,
        "imap_sign_in": "oauth", **changes}))
    yield app
    with app.app_context():
        db.engine.dispose()


def run(app: Flask, *, stdin: str = "") -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["sign-in-mailbox"], input=stdin)
    return result.exit_code, result.output


def kept(app: Flask) -> list[str]:
    with app.app_context():
        return [sealing.unseal(row, purpose=oauth.PURPOSE)
                for row in db.session.scalars(select(MailGrant.refresh_token))]


def test_somebody_types_a_code_and_mails_can_leave_and_be_read(
        migrated: str, here: Provider, server: MailServer) -> None:
    here.next.extend([PENDING, PENDING])
    with dovecot(whose=here.whose) as box, application(
            migrated, here, server, imap_host="127.0.0.1", imap_port=box.port, imap_security="none") as app:
        assert run(app) == (0, (
            "1. Open https://provider.example/device in any browser, on any computer or telephone.\n"
            "2. Type this code: WDJB-MJHT\n"
            f"3. Sign in as {USER}, and agree.\n"
            "Waiting, for 10 minutes at most …\n"
            "Signed in. This is kept, encrypted, in the database.\n"
            f"127.0.0.1 lets {USER} send mails.\n127.0.0.1 lets {USER} read mails.\n"))
        assert kept(app) == [here.given[1]]
    assert here.asked[:2] == [
        {"client_id": "saputnik", "scope": "mail offline"},
        {"client_id": "saputnik", "grant_type": oauth_sign_in.DEVICE, "device_code": "device-secret"}]


def test_whoever_signs_in_with_the_wrong_account_hears_it_at_once(
        migrated: str, here: Provider, server: MailServer) -> None:
    server.tokens = {}
    with application(migrated, here, server) as app:
        code, said = run(app)
    assert (code, said.splitlines()[-1]) == (
        1, f"Error: 127.0.0.1 does not let {USER} send mails: 535 5.7.3 Authentication unsuccessful")


@pytest.mark.parametrize(("answer", "said"), [
    ("access_denied", "The provider says that access was denied: nobody agreed. It said: HTTP 400"),
    ("expired_token", "The code was not typed in time. Run the command again."),
    ("invalid_client", "The provider does not accept the client id or its secret."),
    ("new_word", "The provider does not let us in. It said: HTTP 400 new_word"),
])
def test_what_the_provider_refuses_is_said_in_words_and_nothing_is_kept(
        migrated: str, here: Provider, server: MailServer, answer: str, said: str) -> None:
    here.next.append((400, {"error": answer}))
    with application(migrated, here, server) as app:
        code, output = run(app)
        assert (code, said in output, kept(app)) == (1, True, [])


def test_somebody_agrees_in_a_browser_and_pastes_where_it_ended(
        migrated: str, here: Provider, server: MailServer) -> None:
    with application(migrated, here, server, oauth_device_url="") as app, app.app_context():
        settings = tokens.settings()
        visit = oauth_sign_in.begin_visit(settings)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(visit.address).query).items()}
        # RFC 7636, appendix B, says how the challenge follows from the verifier.
        assert len(asked.pop("code_challenge")) == 43
        assert asked == {
            "response_type": "code", "client_id": "saputnik", "redirect_uri": "http://127.0.0.1:8765/",
            "scope": "mail offline", "state": visit.state, "code_challenge_method": "S256",
            "access_type": "offline", "prompt": "consent"}
        ended = f" http://127.0.0.1:8765/?state={visit.state}&code=4%2F0Ab&scope=mail \n"
        assert oauth_sign_in.end_visit(settings, visit, ended) == here.given[1]
        assert here.asked == [{"client_id": "saputnik", "grant_type": "authorization_code", "code": "4/0Ab",
                               "redirect_uri": "http://127.0.0.1:8765/", "code_verifier": visit.verifier}]
        for wrong, code in (("", "wrong_state"),
                            ("http://127.0.0.1:8765/?state=another&code=4", "wrong_state"),
                            (f"http://127.0.0.1:8765/?state={visit.state}", "no_code"),
                            ("http://127.0.0.1:8765/?error=access_denied", "access_denied")):
            with pytest.raises(OauthError) as refused:
                oauth_sign_in.end_visit(settings, visit, wrong)
            assert refused.value.code == code
        assert len(here.asked) == 1


def test_what_is_pasted_is_not_shown(migrated: str, here: Provider, server: MailServer) -> None:
    with application(migrated, here, server, oauth_device_url="") as app:
        code, output = run(app, stdin="http://127.0.0.1:8765/?state=x&code=shown\n")
    assert (code, "https://provider.example/agree?response_type=code" in output, "shown" in output) == (
        1, True, False)
    assert "this address does not belong to the page above" in output


def test_the_provider_is_asked_as_slowly_as_it_wants_and_not_for_ever(
        migrated: str, here: Provider, server: MailServer) -> None:
    waited: list[float] = []
    code = oauth_sign_in.Code("https://provider.example/device", "A", 60, 5, "device-secret")
    with application(migrated, here, server) as app, app.app_context():
        here.next.extend([PENDING, SLOWER, (503, {}), PENDING, PENDING, PENDING])
        with pytest.raises(OauthError) as refused:
            oauth_sign_in.wait_for(tokens.settings(), code, wait=waited.append)
    assert (refused.value.code, waited) == ("expired_token", [5, 5, 10, 20, 20])


def test_a_sign_in_that_would_not_last_is_refused(migrated: str, here: Provider, server: MailServer) -> None:
    here.next.append((200, {"access_token": "once", "expires_in": 3600}))
    with application(migrated, here, server) as app:
        code, output = run(app)
        assert (code, "does [oauth] scope ask for it (Microsoft: offline_access)?" in output, kept(app)) == (
            1, True, [])


def test_without_oauth_in_the_configuration_there_is_nothing_to_do(
        migrated: str, here: Provider, server: MailServer) -> None:
    with application(migrated, here, server, mail_sign_in="password", imap_sign_in="password") as app:
        code, output = run(app)
    assert (code, output) == (
        1, 'Error: Nothing to do: set sign_in = "oauth" in [mail] and [imap] first.\n')
