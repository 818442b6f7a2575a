"""Coordinators' accounts: signing in, changing one's own, creating and ending them."""
from __future__ import annotations

from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from web.i18n import LANGUAGES, ngettext
from web.i18n import gettext as _
from web.models import BrowserSession, Office, User, db, use_office
from web.services import passwords
from web.services.audit import record
from web.services.errors import ConflictError, InvalidInputError, NotFoundError, ServiceError
from web.services.transactions import transaction

FREE_ATTEMPTS = 4  # the fifth failure begins to cost time
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)


class SignInRefusedError(ServiceError):
    """Wrong address or password; it never says which."""


class TooManySignInsError(ServiceError):
    """Too many failures: `after` is when the next attempt counts."""

    def __init__(self, sentence: str, after: datetime) -> None:
        super().__init__(sentence)
        self.after = after


def find(email: str) -> User | None:
    """Find the account with this address, in whichever office."""
    # The one query over all offices: before somebody is signed in, there is no office.
    wanted = select(User).where(User.email == email.strip().lower())
    return db.session.execute(wanted.execution_options(all_offices=True)).scalar_one_or_none()


def sign_in(*, email: str, password: str, now: datetime) -> User:
    """Check an address and a password.

    Raises
    ------
    SignInRefusedError
        After as much work, and with the same sentence, for an unknown address, a wrong password and
        an account that has been ended.
    TooManySignInsError
        From the fifth failure on for a time that doubles with each further failure.
    """
    user = find(email)
    if user is not None and user.sign_in_after is not None and user.sign_in_after > now:
        raise TooManySignInsError(_waiting(user.sign_in_after - now), user.sign_in_after)
    stored = user.password_hash if user is not None and user.active else None
    right = passwords.verify(password, stored)
    renewed = passwords.hash_password(password) if right and stored and passwords.is_outdated(stored) else ""
    # Hashing took its time outside of any transaction; what was counted meanwhile is read anew.
    if user is None:
        raise SignInRefusedError(_refusal())
    use_office(user.office_id)
    with transaction() as session:
        session.refresh(user, with_for_update=True)
        if not right:
            _count_failure(session, user, now)
        elif not user.active or (user.sign_in_after is not None and user.sign_in_after > now):
            right = False
        else:
            user.failed_sign_ins, user.sign_in_after = 0, None
            if renewed and user.password_hash == stored:
                user.password_hash = renewed
            record(session, user_id=user.id, action="user.signed-in", subject=f"user:{user.id}", now=now)
    if not right:
        raise SignInRefusedError(_refusal())
    return user


def _count_failure(session: Session, user: User, now: datetime) -> None:
    user.failed_sign_ins += 1
    over = user.failed_sign_ins - FREE_ATTEMPTS
    if over > 0:
        user.sign_in_after = now + min(FIRST_DELAY * 2 ** min(over - 1, 12), LONGEST_DELAY)
    record(session, user_id=None, action="user.sign-in-failed", subject=f"user:{user.id}", now=now,
           details={"failures": user.failed_sign_ins})


def _refusal() -> str:
    return _("This e-mail address and password do not belong together. Check both and try again.")


def _waiting(left: timedelta) -> str:
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    return ngettext("Too many attempts. Try again in %(num)s minute.",
                    "Too many attempts. Try again in %(num)s minutes.", minutes)


def change_own(*, user: User, name: str, language: str, now: datetime) -> None:
    """Change one's own name and language."""
    faults = {}
    if not name.strip():
        faults["name"] = _("Write your name.")
    if language not in LANGUAGES:
        faults["language"] = _("Choose one of the languages.")
    if faults:
        raise InvalidInputError(faults)
    with transaction() as session:
        user.name, user.language = name.strip(), language
        record(session, user_id=user.id, action="user.changed", subject=f"user:{user.id}", now=now)


def change_password(*, user: User, current: str, new: str, again: str, keep_session: str,
                    now: datetime) -> None:
    """Change one's own password and end every other session of this account.

    `keep_session` is the hash of the session that stays.
    """
    faults = {}
    if not passwords.verify(current, user.password_hash):
        faults["current"] = _("This is not your present password.")
    wrong = passwords.fault(new, personal=_personal(user))
    if wrong:
        faults["new"] = wrong
    elif new != again:
        faults["again"] = _("The two new passwords are not the same.")
    if faults:
        raise InvalidInputError(faults)
    _set_password(user, new, by=user.id, keep_session=keep_session, now=now)


def reset_password(*, email: str, new: str, now: datetime) -> User:
    """Give an account a new password, end its sessions and its waiting time."""
    user = _existing(email)
    wrong = passwords.fault(new, personal=_personal(user))
    if wrong:
        raise InvalidInputError({"password": wrong})
    _set_password(user, new, by=None, keep_session="", now=now)
    return user


def _set_password(user: User, new: str, *, by: int | None, keep_session: str, now: datetime) -> None:
    hashed = passwords.hash_password(new)
    with transaction() as session:
        user.password_hash = hashed
        user.failed_sign_ins, user.sign_in_after = 0, None
        _end_sessions(session, user, but=keep_session)
        record(session, user_id=by, action="user.password-changed", subject=f"user:{user.id}", now=now)


def faults_of_new(*, email: str, name: str, password: str, office_name: str) -> dict[str, str]:
    """Say what is wrong with a new account, by field."""
    faults = {}
    address = email.strip().lower()
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        faults["email"] = _("This is not an e-mail address: %(value)s", value=email)
    if not name.strip():
        faults["name"] = _("Write a name.")
    wrong = passwords.fault(password, personal=(address, address.partition("@")[0], name, office_name))
    if wrong:
        faults["password"] = wrong
    return faults


def create_user(*, office: Office, email: str, name: str, password: str, now: datetime) -> User:
    """Create a coordinator's account in an office."""
    faults = faults_of_new(email=email, name=name, password=password, office_name=office.name)
    if faults:
        raise InvalidInputError(faults)
    address = email.strip().lower()
    if find(address) is not None:
        raise ConflictError(_("There is already an account with the address %(email)s.", email=address))
    hashed = passwords.hash_password(password)
    use_office(office.id)
    with transaction() as session:
        user = User(email=address, name=name.strip(), password_hash=hashed, language=office.language,
                    created_at=now)
        session.add(user)
        session.flush()
        record(session, user_id=None, action="user.created", subject=f"user:{user.id}", now=now)
    return user


def deactivate_user(*, email: str, now: datetime) -> User:
    """End an account: nobody signs in with it any more, and every session of it ends at once."""
    user = _existing(email)
    with transaction() as session:
        user.active = False
        _end_sessions(session, user, but="")
        record(session, user_id=None, action="user.deactivated", subject=f"user:{user.id}", now=now)
    return user


def _existing(email: str) -> User:
    user = find(email)
    if user is None:
        raise NotFoundError(_("There is no account with the address %(email)s.", email=email))
    use_office(user.office_id)
    return user


def _personal(user: User) -> tuple[str, ...]:
    office = db.session.get_one(Office, user.office_id)
    return user.email, user.email.partition("@")[0], user.name, office.name


def _end_sessions(session: Session, user: User, *, but: str) -> None:
    session.execute(delete(BrowserSession).where(
        BrowserSession.user_id == user.id, BrowserSession.token_hash != but))
