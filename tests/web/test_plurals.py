"""Each number is said in the form that its language has for it, as CLDR says."""
from __future__ import annotations

import pytest
from babel import Locale

from tests.web.test_translations import EVERY, catalogue_of
from web.i18n.clients import built_in

NUMBERS = (*range(2001), 10_000, 100_011)
# CLDR has no rule for Kirundi (its `rn` knows one form only); it is counted as its neighbours are.
WITHOUT_A_RULE = {"rn": "lg"}
COMPILED = {"assistant": "messages"}  # coordinators read both in one


@pytest.mark.parametrize(("domain", "locale"), EVERY)
def test_each_of_cldrs_forms_has_a_text_of_its_own_in_every_catalogue(domain: str, locale: str) -> None:
    rule = Locale.parse(WITHOUT_A_RULE.get(locale, locale)).plural_form
    catalogue = built_in(locale, COMPILED.get(domain, domain))
    chosen = {number: catalogue.plural(number) for number in NUMBERS}
    # One form for each category and one category for each form, and no form that no number asks for.
    pairs = {(rule(number), form) for number, form in chosen.items()}
    assert len(pairs) == len({category for category, _ in pairs}) == len({form for _, form in pairs})
    assert {form for _, form in pairs} == set(range(catalogue_of(domain, locale).num_plurals))
