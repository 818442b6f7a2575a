"""Rows to bytes: calendars, mails, tables. No session, request or clock."""
