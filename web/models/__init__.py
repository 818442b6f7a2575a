"""Rows only: a file per thing. Importing this package loads every table."""
from web.models import feed_touch as _feed_touch  # noqa: F401 -- listens to flushes
from web.models.appointment import Appointment, FormerAssistant, FormerLink
from web.models.assistant import Assistant
from web.models.audit import AuditEntry, Notice
from web.models.base import (
    Base,
    OfficeNotChosenError,
    OfficeRow,
    PlainText,
    UtcDateTime,
    current_office_id,
    db,
    use_office,
)
from web.models.client import Client, Need, NotWith
from web.models.client_text import ClientText
from web.models.feed import FeedRendering, FeedToken
from web.models.importing import ImportFile, ImportMapping
from web.models.mail_grant import MailGrant
from web.models.mailbox import IncomingMail, Mailbox
from web.models.message import FAREWELL, NEWS, TO_ASSISTANTS, TO_CLIENTS, Departure, Message
from web.models.office import ClosedDay, Office
from web.models.own_calendar import OwnCalendar
from web.models.person import DatedHours, Person, WeeklyHours
from web.models.place import Place
from web.models.round import PlanVersion, Question, Round, RoundBan, RoundPin, SolveRun
from web.models.sign_in_link import SignInLink
from web.models.topic import Topic
from web.models.user import BrowserSession, User

__all__ = [
    "FAREWELL", "NEWS", "TO_ASSISTANTS", "TO_CLIENTS", "Appointment", "Assistant", "AuditEntry", "Base",
    "BrowserSession", "Client", "ClientText", "ClosedDay", "DatedHours", "Departure", "FeedRendering",
    "FeedToken", "FormerAssistant", "FormerLink", "ImportFile", "ImportMapping", "IncomingMail", "MailGrant",
    "Mailbox", "Message", "Need", "NotWith", "Notice", "Office", "OfficeNotChosenError", "OfficeRow",
    "OwnCalendar", "Person", "Place", "PlainText", "PlanVersion", "Question", "Round", "RoundBan", "RoundPin",
    "SignInLink", "SolveRun", "Topic", "User", "UtcDateTime", "WeeklyHours", "current_office_id", "db",
    "use_office",
]
