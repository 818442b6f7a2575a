"""Pages with the digits of their language."""
from __future__ import annotations

import pytest

from tests.web.browser import Browser
from tests.web.builders import make_appointment, make_client
from web.i18n.digits import digits_of, with_digits

PERSIAN = digits_of("fa")


def test_cldr_says_whose_digits_are_not_latin() -> None:
    assert [digits_of(locale)[:2] for locale in ("fa", "fa_AF", "ps", "ckb", "ar", "ur", "sr_Cyrl")] == [
        "۰۱", "۰۱", "۰۱", "٠١", "", "", ""]


@pytest.mark.parametrize(("page", "read"), [
    ('<td data-n="3">30 نوامبر 2026، 9:05</td>', '<td data-n="3">۳۰ نوامبر ۲۰۲۶، ۹:۰۵</td>'),
    ('<a href="/clients/12">12</a>', '<a href="/clients/12">۱۲</a>'),
    ('<option value="60">60 دقیقه</option>', '<option value="60">۶۰ دقیقه</option>'),
    ("<td>C-12</td><td>Nemanjina 1</td>", "<td>C-12</td><td>Nemanjina 1</td>"),
    ("<p>زبان B2، 3 نفر</p>", "<p>زبان B2، ۳ نفر</p>"),
    ("<p>تلفن: +381 11 400 0000</p>", "<p>تلفن: +381 11 400 0000</p>"),
    ('<bdi dir="ltr">011 400</bdi> 5', '<bdi dir="ltr">011 400</bdi> ۵'),
    ("<textarea>09:00</textarea>", "<textarea>09:00</textarea>"),
    ("<p>&#39;7&#39;</p>", "<p>&#39;۷&#39;</p>"),
])
def test_digits_change_where_a_person_reads_them_and_nowhere_else(page: str, read: str) -> None:
    assert with_digits(page, PERSIAN) == read


def test_t7_a_coordinators_persian_page_writes_dates_and_numbers_alike(coordinator: Browser) -> None:
    make_appointment(client=make_client(code="C-7"))
    page = coordinator.get("/rounds?lang=fa").text
    assert "۲۰۲۶" in page
    assert "2026" not in page.replace("2026-", "")
    assert "2026" in coordinator.get("/rounds?lang=ar").text
