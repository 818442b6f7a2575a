"""Reports on a mail that cannot be delivered, as mail servers of many makers write them; all invented."""
from __future__ import annotations


def _head(to: str, *, sender: str, subject: str, kind: str, more: str = "") -> str:
    return (f"Return-Path: <>\r\nDelivered-To: {to}\r\nDate: Mon, 23 Nov 2026 09:01:00 +0000 (UTC)\r\n"
            f"From: {sender}\r\nSubject: {subject}\r\nTo: {to}\r\n{more}MIME-Version: 1.0\r\n"
            f"Content-Type: {kind}\r\nMessage-ID: <{len(subject)}.20261123@mx.example.org>\r\n\r\n")


def _status(action: str, status: str, answer: str) -> str:
    return ("--b\r\nContent-Description: Delivery report\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; mx.example.org\r\nArrival-Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n\r\n"
            f"Final-Recipient: rfc822; zahra@example.org\r\nAction: {action}\r\nStatus: {status}\r\n"
            f"Diagnostic-Code: smtp; {answer}\r\n\r\n")


def _returned(message_id: str, kind: str = "message/rfc822") -> str:
    return (f"--b\r\nContent-Type: {kind}\r\n\r\nFrom: Info Point <appointments@example.org>\r\n"
            f"Subject: Invitation\r\nMessage-ID: {message_id}\r\nMIME-Version: 1.0\r\n\r\n")


def postfix(to: str, message_id: str) -> bytes:
    """multipart/report as RFC 6522 wants it."""
    return (_head(to, sender="MAILER-DAEMON@mx.example.org (Mail Delivery System)", more=(
        "Auto-Submitted: auto-replied\r\n"), subject="Undelivered Mail Returned to Sender",
        kind='multipart/report; report-type=delivery-status; boundary="b"')
        + "--b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system at host mx.example.org.\r\n\r\n"
        + _status("failed", "5.1.1", "550 5.1.1 <zahra@example.org>: Recipient address rejected: "
                                     "User unknown in virtual mailbox table")
        + _returned(message_id, "text/rfc822-headers") + "--b--\r\n").encode()


def opensmtpd(to: str, message_id: str) -> bytes:
    """multipart/mixed, status 5.0.0, without Auto-Submitted."""
    return (_head(to, sender="Mailer Daemon <MAILER-DAEMON@mx.example.org>",
                  kind='multipart/mixed; boundary="b"', subject="Delivery status notification: error")
            + "--b\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n    Hi!\r\n\r\n    This is the "
              "MAILER-DAEMON, please DO NOT REPLY to this email.\r\n\r\n"
            + _status("failed", "5.0.0", "550 Invalid recipient")
            + _returned(message_id) + "--b--\r\n").encode()


def exim(to: str, message_id: str) -> bytes:
    """An older Exim: text, with a header of its own, and marked as a reply by a program."""
    return (_head(to, sender="Mail Delivery System <Mailer-Daemon@mx.example.org>", kind="text/plain",
                  subject="Mail delivery failed: returning message to sender", more=(
                      "X-Failed-Recipients: zahra@example.org\r\nAuto-Submitted: auto-replied\r\n"))
            + "This message was created automatically by mail delivery software.\r\n\r\n"
              "A message that you sent could not be delivered.\r\n\r\n"
              f"------ This is a copy of your message, including all the headers. ------\r\n\r\n"
              f"Message-ID: {message_id}\r\nSubject: Invitation\r\n\r\n").encode()


def exchange(to: str, message_id: str) -> bytes:
    """Exchange: report inside, and headers of its own around."""
    return (_head(to, sender='"postmaster@example.org" <postmaster@example.org>', subject="Undeliverable: "
                  "Invitation", kind='multipart/report; report-type=delivery-status; boundary="b"',
                  more="X-MS-Exchange-Message-Is-Ndr:\r\nAuto-Submitted: auto-generated\r\n")
            + '--b\r\nContent-Type: multipart/alternative; boundary="c"\r\n\r\n'
              "--c\r\nContent-Type: text/plain\r\n\r\n"
              "Delivery has failed to these recipients or groups:\r\n\r\n--c--\r\n"
            + _status("failed", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found")
            + _returned(message_id) + "--b--\r\n").encode()


def gave_up(to: str, message_id: str) -> bytes:
    """A server that has tried for days: the status begins with 4, and it has failed all the same."""
    return (_head(to, sender="MAILER-DAEMON@mx.example.org", subject="Undelivered Mail Returned to Sender",
                  kind='multipart/report; report-type=delivery-status; boundary="b"')
            + _status("failed", "4.4.1", "connect to mx.example.net: Connection timed out")
            + _returned(message_id, "text/rfc822-headers") + "--b--\r\n").encode()


def qmail(to: str, message_id: str) -> bytes:
    """qmail: words, and nothing that a program could read."""
    return (_head(to, sender="MAILER-DAEMON@mx.example.org", subject="failure notice", kind="text/plain")
            + "Hi. This is the qmail-send program at mx.example.org.\r\nI'm afraid I wasn't able to "
              "deliver your message to the following addresses.\r\n\r\n<zahra@example.org>:\r\n"
              "Sorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
              "--- Below this line is a copy of the message.\r\n\r\n"
              f"Message-ID: {message_id}\r\n").encode()


def delayed(to: str, message_id: str) -> bytes:
    """A server that goes on trying."""
    return (_head(to, sender="MAILER-DAEMON@mx.example.org", subject="Delayed Mail (still being retried)",
                  more="Auto-Submitted: auto-replied\r\n",
                  kind='multipart/report; report-type=delivery-status; boundary="b"')
            + _status("delayed", "4.4.1", "connect to mx.example.net: Connection timed out")
            + _returned(message_id, "text/rfc822-headers") + "--b--\r\n").encode()


def delayed_in_words(to: str, message_id: str) -> bytes:
    """An older Exim that goes on trying."""
    return (_head(to, sender="Mail Delivery System <Mailer-Daemon@mx.example.org>", kind="text/plain",
                  subject="Warning: message 1x delayed 24 hours")
            + "A message that you sent has not yet been delivered.\r\n\r\n"
              f"Message-ID: {message_id}\r\n").encode()


def delivered(to: str, message_id: str) -> bytes:
    """A server that says that all went well."""
    return (_head(to, sender="MAILER-DAEMON@mx.example.org", subject="Successful Mail Delivery Report",
                  kind='multipart/report; report-type=delivery-status; boundary="b"')
            + _status("delivered", "2.0.0", "250 OK") + _returned(message_id) + "--b--\r\n").encode()


def away(to: str, message_id: str) -> bytes:
    """A program that answers for somebody who is away; it writes to the envelope sender (RFC 3834)."""
    return (_head(to, sender="Zahra <zahra@example.org>", subject="Automatic reply: Invitation",
                  kind="text/plain", more=(
                      f"Auto-Submitted: auto-replied (vacation)\r\nIn-Reply-To: {message_id}\r\n"))
            + "I am away until Friday.\r\n").encode()


def read_by_somebody(to: str, message_id: str) -> bytes:
    """A mail program that tells that a mail was read; its envelope has no sender either (RFC 8098)."""
    return (_head(to, sender="Zahra <zahra@example.org>", subject="Read: Invitation",
                  kind='multipart/report; report-type=disposition-notification; boundary="b"')
            + "--b\r\nContent-Type: text/plain\r\n\r\nYour mail was read.\r\n"
              "--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
              f"Original-Message-ID: {message_id}\r\nDisposition: manual-action/MDN-sent-manually\r\n"
              "--b--\r\n").encode()


FAILED = {each.__name__: each for each in (postfix, opensmtpd, exim, exchange, gave_up, qmail)}
NOT_FAILED = {"delayed": delayed, "delayed in words": delayed_in_words, "delivered": delivered, "away": away,
              "read": read_by_somebody}
