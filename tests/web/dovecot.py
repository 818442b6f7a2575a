"""A real IMAP server of the test's own: Dovecot, on a free port, in a folder that goes away."""
from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

USER, PASSWORD = "appointments@example.org", "a password for tests"
# Debian puts it where only root looks.
PROGRAM = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
# What takes mails in is a package of its own.
LMTP = shutil.which("lmtp", path="/usr/lib/dovecot:/usr/libexec/dovecot:/usr/local/libexec/dovecot")
CONFIG = """\
protocols = {protocols}
recipient_delimiter = +
listen = 127.0.0.1
base_dir = {folder}/run
log_path = {folder}/log
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 50
auth_failure_delay = 0
{oauth}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
{lmtp}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""
# Whose a token is, it asks an OAuth server; a user without a password signs in by token alone.
OAUTH = """\
auth_mechanisms = plain login {mechanisms}
passdb {{
  driver = oauth2
  mechanisms = {mechanisms}
  args = {folder}/oauth.conf
}}
"""
LMTP_SERVICE = """\
service lmtp {{
  inet_listener lmtp {{
    port = {port}
  }}
}}
"""


@dataclass
class Dovecot:
    """A running server with one mailbox."""

    folder: Path
    port: int
    tls_port: int
    lmtp_port: int
    owner: tuple[int, int]
    mails: int = 0
    emptied: int = 0

    def put(self, octets: bytes) -> None:
        """Deliver a mail, as a server's own delivery does."""
        self.mails += 1
        name = f"{1_700_000_000 + self.mails}.{self.mails}.example"  # mails get their UIDs in this order
        for inside in ("tmp", "new", "cur"):
            self._made(self.folder / "mail" / inside)
        path = self.folder / "mail" / "tmp" / name
        path.write_bytes(octets)
        os.chown(path, *self.owner)
        path.rename(self.folder / "mail" / "new" / name)

    def deliver(self, octets: bytes, *, to: str) -> None:
        """Hand over a mail to one of the mailbox's addresses, as the server that took it in does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail("someone@example.net", [to], octets)

    def _made(self, path: Path) -> None:
        path.mkdir(exist_ok=True)
        os.chown(path, *self.owner)

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        """The mailbox, as a person's mail program sees it."""
        with imaplib.IMAP4("127.0.0.1", self.port) as imap:
            imap.login(USER, PASSWORD)
            imap.select()
            yield imap

    def marks(self) -> dict[int, set[str]]:
        """The flags of every mail, by UID."""
        with self.opened() as imap:
            found = {}
            for line in imap.uid("FETCH", "1:*", "(UID FLAGS)")[1]:
                if isinstance(line, bytes):
                    flags = line.partition(b"FLAGS (")[2].partition(b")")[0].decode().split()
                    uid = int(line.partition(b"UID ")[2].split()[0].rstrip(b")"))
                    found[uid] = set(flags) - {"\\Recent"}
            return found

    def empty(self) -> None:
        """Begin anew with an empty mailbox; its UIDVALIDITY is another one."""
        self.emptied += 1
        shutil.rmtree(self.folder / "mail")
        self._made(self.folder / "mail")
        # Dovecot would take the number of seconds, and tests do not wait for the next one.
        uids = self.folder / "mail" / "dovecot-uidlist"
        uids.write_text(f"3 V{self.emptied} N1 G{uuid4().hex}\n")
        os.chown(uids, *self.owner)


def _owner() -> tuple[str, str, int, int]:
    # Dovecot lets root own no mailbox: where the tests run as root, it is nobody's.
    user = pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")
    return user.pw_name, grp.getgrgid(user.pw_gid).gr_name, user.pw_uid, user.pw_gid


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(contextlib.closing(socket.socket())) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@contextmanager
def dovecot(*, certificate: tuple[Path, Path] | None = None, whose: str = "",
            mechanisms: str = "xoauth2 oauthbearer") -> Iterator[Dovecot]:
    """Run a server for as long as the block lasts; with a certificate and its key it also speaks TLS.

    With an address that says `whose` a token is, people sign in with tokens, too.
    """
    if PROGRAM is None:
        if os.environ.get("CI"):
            raise RuntimeError("Dovecot is missing: sh tests/system-packages.sh dovecot")
        pytest.skip("Dovecot is missing: sh tests/system-packages.sh dovecot")
    folder = Path(tempfile.mkdtemp(prefix="saputnik-dovecot-"))
    user, group, uid, gid = _owner()
    port, tls_port, lmtp_port = _free_ports(3)
    try:
        os.chown(folder, uid, gid)
        server = Dovecot(folder, port, tls_port, lmtp_port, (uid, gid))
        server._made(folder / "mail")
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n")
        lines = ""
        if certificate:
            for source, name in zip(certificate, ("certificate.pem", "key.pem"), strict=True):
                shutil.copy(source, folder / name)
            lines = f"ssl_cert = <{folder}/certificate.pem\nssl_key = <{folder}/key.pem"
        (folder / "dovecot.conf").write_text(CONFIG.format(
            folder=folder, user=user, group=group, port=port, tls_port=tls_port if certificate else 0,
            ssl="yes" if certificate else "no", certificate=lines,
            oauth=OAUTH.format(mechanisms=mechanisms, folder=folder) if whose else "",
            protocols="imap lmtp" if LMTP else "imap",
            lmtp=LMTP_SERVICE.format(port=lmtp_port) if LMTP else ""))
        (folder / "oauth.conf").write_text(f"introspection_url = {whose}\nintrospection_mode = auth\n")
        for name in ("users", "dovecot.conf", "oauth.conf"):
            os.chown(folder / name, uid, gid)
        process = subprocess.Popen([PROGRAM, "-F", "-c", str(folder / "dovecot.conf")],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.communicate(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(400):
        with contextlib.suppress(OSError, imaplib.IMAP4.error), server.opened():
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    log = server.folder / "log"
    raise RuntimeError(f"Dovecot does not start: {log.read_text() if log.exists() else ''}")
