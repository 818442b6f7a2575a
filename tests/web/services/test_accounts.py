"""Signing in, and whose account does what."""
from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from tests.web.conftest import NOW
from web.models import AuditEntry, BrowserSession, Office, User, db
from web.services import accounts, passwords
from web.services.errors import ConflictError, InvalidInputError

PASSWORD = "four odd words here"


@pytest.fixture
def mira(user: User, cheap_passwords: None) -> User:
    """Mira with a password; hashing is cheap here, but for the tests about hashing."""
    user.password_hash = passwords.hash_password(PASSWORD)
    db.session.commit()
    return user


def fail(times: int, *, email: str = "mira@example.org") -> None:
    for _ in range(times):
        with pytest.raises(accounts.SignInRefusedError):
            accounts.sign_in(email=email, password="wrong", now=NOW)


def test_the_right_password_signs_in(mira: User) -> None:
    assert accounts.sign_in(email=" Mira@Example.org ", password=PASSWORD, now=NOW) is mira
    assert db.session.scalars(select(AuditEntry.action)).all() == ["user.signed-in"]


def test_unknown_and_wrong_are_told_in_the_same_words(mira: User) -> None:
    said = set()
    for email, password in (("mira@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("", "")):
        with pytest.raises(accounts.SignInRefusedError) as refused:
            accounts.sign_in(email=email, password=password, now=NOW)
        said.add(str(refused.value))
    assert len(said) == 1


def test_an_unknown_address_costs_a_hash_too(mira: User, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []
    verify = passwords.verify

    def watched(password: str, stored: str | None) -> bool:
        seen.append(stored)
        return verify(password, stored)
    monkeypatch.setattr(passwords, "verify", watched)
    fail(1)
    fail(1, email="nobody@example.org")
    assert seen == [mira.password_hash, None]


def test_an_account_that_was_ended_does_not_sign_in(mira: User) -> None:
    accounts.deactivate_user(email=mira.email, now=NOW)
    with pytest.raises(accounts.SignInRefusedError):
        accounts.sign_in(email=mira.email, password=PASSWORD, now=NOW)


def test_four_failures_cost_nothing(mira: User) -> None:
    fail(4)
    assert accounts.sign_in(email=mira.email, password=PASSWORD, now=NOW) is mira
    assert mira.failed_sign_ins == 0


def test_the_fifth_failure_costs_half_a_minute_even_with_the_right_password(mira: User) -> None:
    fail(5)
    with pytest.raises(accounts.TooManySignInsError, match=r"Try again in 1 minute\."):
        accounts.sign_in(email=mira.email, password=PASSWORD, now=NOW + timedelta(seconds=29))
    assert accounts.sign_in(email=mira.email, password=PASSWORD, now=NOW + timedelta(seconds=31)) is mira


def test_each_further_failure_doubles_the_wait_up_to_an_hour(mira: User) -> None:
    waits, now = [], NOW
    for _ in range(14):
        with pytest.raises(accounts.SignInRefusedError):
            accounts.sign_in(email=mira.email, password="wrong", now=now)
        waits.append(int((mira.sign_in_after - now).total_seconds()) if mira.sign_in_after else 0)
        now = mira.sign_in_after or now
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_a_hash_of_weaker_times_is_made_anew(mira: User) -> None:
    mira.password_hash = PasswordHasher(memory_cost=16, time_cost=2, parallelism=1).hash(PASSWORD)
    db.session.commit()
    accounts.sign_in(email=mira.email, password=PASSWORD, now=NOW)
    assert mira.password_hash.split("$")[1:4] == ["argon2id", "v=19", "m=8,t=1,p=1"]


def test_passwords_are_hashed_with_argon2id_at_full_strength() -> None:
    full = ["argon2id", "v=19", "m=65536,t=3,p=4"]
    assert passwords.hash_password(PASSWORD).split("$")[1:4] == full
    # What is verified for nobody takes as long.
    assert passwords._NOBODY.split("$")[1:4] == full


def test_the_same_password_typed_on_another_keyboard_is_right() -> None:
    stored = passwords.hash_password("caf\u00e9 au lait \u00e0 midi")
    assert passwords.verify("cafe\u0301 au lait a\u0300 midi", stored)


@pytest.mark.parametrize("password", [
    "short", "x" * 1025, "aaaaaaaaaaaaaaaa", "password12345678", "1234567890123456", "mira@example.org",
    "mira@example.org1", "Info Point Belgrade", "qwertyuiopasdfghjkl", "               "])
def test_passwords_that_anybody_would_try_are_refused(password: str) -> None:
    assert passwords.fault(password, personal=("mira@example.org", "Mira", "Info Point Belgrade")) != ""


@pytest.mark.parametrize("password", [
    "four odd words here", "x7" * 40 + "ß", "ключ под лампой у двери", "b!t-of %everything#"])
def test_long_and_odd_passwords_are_welcome(password: str) -> None:
    assert passwords.fault(password, personal=("mira@example.org", "Mira")) == ""


def test_a_new_password_ends_every_other_session(mira: User) -> None:
    for name in ("here", "elsewhere"):
        db.session.add(BrowserSession(
            token_hash=name, data={}, user_id=mira.id, office_id=1, created_at=NOW, last_seen_at=NOW))
    accounts.change_password(user=mira, current=PASSWORD, new="other odd words too",
                             again="other odd words too", keep_session="here", now=NOW)
    with db.engine.connect() as connection:
        assert connection.scalars(select(BrowserSession.token_hash)).all() == ["here"]
    assert accounts.sign_in(email=mira.email, password="other odd words too", now=NOW) is mira


def test_a_new_password_needs_the_present_one_and_twice_the_same(mira: User) -> None:
    with pytest.raises(InvalidInputError) as refused:
        accounts.change_password(user=mira, current="wrong", new="other odd words too", again="another one",
                                 keep_session="", now=NOW)
    assert sorted(refused.value.faults) == ["again", "current"]


def test_an_address_has_one_account(mira: User, office: Office) -> None:
    with pytest.raises(ConflictError, match=r"already an account with the address mira@example\.org"):
        accounts.create_user(office=office, email="MIRA@example.org", name="Mira", password=PASSWORD, now=NOW)


def test_the_audit_names_nobody(mira: User, office: Office) -> None:
    made = accounts.create_user(
        office=office, email="ana@example.org", name="Ana", password=PASSWORD, now=NOW)
    fail(1)
    entries = db.session.execute(
        select(AuditEntry.action, AuditEntry.subject, AuditEntry.details).order_by(AuditEntry.id)).all()
    assert [tuple(entry) for entry in entries] == [
        ("user.created", f"user:{made.id}", {}), ("user.sign-in-failed", "user:1", {"failures": 1})]


def test_an_unknown_address_leaves_no_trace(mira: User) -> None:
    fail(3, email="nobody@example.org")
    assert db.session.scalar(select(func.count(AuditEntry.id))) == 0
