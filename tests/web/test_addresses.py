"""Addresses hold any number that somebody types."""
from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.web.browser import Browser
from tests.web.test_security import routes
from web.addresses import LARGEST_ID


@pytest.mark.parametrize(("number", "answers"), [
    # A form may lead back to the page that then is not found; assistants' own pages are for them alone.
    (LARGEST_ID, {404, 303, 401}),
    (LARGEST_ID + 1, {404, 405}), (10**30, {404, 405})])  # werkzeug looks at the method first
def test_an_id_that_no_row_has_is_not_found(
        app: Flask, coordinator: Browser, number: int, answers: set[int]) -> None:
    with_ids = [(re.sub("<int:[^>]+>", str(number), rule.rule), method)
                for rule, method in routes(app) if "<int:" in rule.rule]
    assert len(with_ids) > 40
    found = {(path, method): coordinator.open(path, method=method).status_code for path, method in with_ids}
    assert set(found.values()) == answers, found
