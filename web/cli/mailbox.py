"""`flask sign-in-mailbox`: lets Saputnik use a mailbox whose provider takes no passwords."""
from __future__ import annotations

import time
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from web import schema
from web.models import db
from web.services import imap, oauth, oauth_sign_in, tokens
from web.services.oauth_http import OauthError
from web.services.smtp import Courier, NotSentError
from web.settings import Settings

SENTENCES = {
    "access_denied": "The provider says that access was denied: nobody agreed.",
    "expired_token": "The code was not typed in time. Run the command again.",
    "unreachable": "The provider cannot be reached.",
    "invalid_client": "The provider does not accept the client id or its secret.",
    "unauthorized_client": "The provider does not allow this client this way of signing in.",
    "invalid_scope": "The provider does not know, or does not allow, what [oauth] scope asks for.",
}


@click.command("sign-in-mailbox")
@with_appcontext
def sign_in_mailbox() -> None:
    """Sign in to the mailbox at its provider (Google, Microsoft), in any browser."""
    settings = tokens.settings()
    if "oauth" not in (settings.mail_sign_in, settings.imap_sign_in):
        raise click.ClickException('Nothing to do: set sign_in = "oauth" in [mail] and [imap] first.')
    if not (settings.oauth_device_url or settings.oauth_authorize_url):
        raise click.ClickException("[oauth] device_url or authorize_url is missing.")
    try:
        schema.require_newest(db.engine)
        refresh_token = _by_code(settings) if settings.oauth_device_url else _by_browser(settings)
    except schema.WrongSchemaError as error:
        raise click.ClickException(str(error)) from error
    except OauthError as error:
        said = SENTENCES.get(error.code, "The provider does not let us in.")
        raise click.ClickException(f"{said} It said: {error}") from error
    oauth.keep(settings, refresh_token, now=datetime.now(UTC))
    click.echo("Signed in. This is kept, encrypted, in the database.")
    _try_out(settings)


def _whom(settings: Settings) -> str:
    return settings.imap_user if settings.imap_sign_in == "oauth" else settings.mail_user


def _by_code(settings: Settings) -> str:
    code = oauth_sign_in.ask_for_code(settings)
    click.echo(f"1. Open {code.address} in any browser, on any computer or telephone.\n"
               f"2. Type this code: {code.code}\n"
               f"3. Sign in as {_whom(settings)}, and agree.\n"
               f"Waiting, for {code.seconds / 60:.0f} minutes at most …")
    return oauth_sign_in.wait_for(settings, code, wait=time.sleep)


def _by_browser(settings: Settings) -> str:
    visit = oauth_sign_in.begin_visit(settings)
    click.echo(f"1. Open this address in a browser, on any computer:\n\n{visit.address}\n\n"
               f"2. Sign in as {_whom(settings)}, and agree.\n"
               f"3. The browser then says that it cannot open a page. That is right: its address, which\n"
               f"   begins with {oauth_sign_in.BACK}, is what is needed: copy all of it.")
    # Not shown: what scrolls by on a screen is kept in logs of terminals.
    return oauth_sign_in.end_visit(settings, visit, str(click.prompt("That address", hide_input=True)))


def _try_out(settings: Settings) -> None:
    """Use what was given at once: who signed in with the wrong account is to hear it now."""
    faults = []
    if settings.mail_sign_in == "oauth":
        courier = Courier(settings)
        try:
            courier.connect()
            click.echo(f"{settings.mail_host} lets {settings.mail_user} send mails.")
        except NotSentError as error:
            faults.append(f"{settings.mail_host} does not let {settings.mail_user} send mails: {error}")
        finally:
            courier.quit()
    if settings.imap_sign_in == "oauth" and settings.imap_host:
        try:
            with imap.open_mailbox(settings):
                click.echo(f"{settings.imap_host} lets {settings.imap_user} read mails.")
        except imap.MailboxError as error:
            faults.append(f"{settings.imap_host} does not let {settings.imap_user} read mails: {error}")
    if faults:
        raise click.ClickException("\n".join(faults))


commands = [sign_in_mailbox]
