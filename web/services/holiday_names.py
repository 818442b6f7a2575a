"""Names of public holidays in languages that their source does not have for a country."""
from __future__ import annotations

from web.i18n import gettext as _
from web.i18n import pause

_OBSERVED = " (observed)"  # as the source marks the day that is free instead


def holiday_name(english: str) -> str:
    """What the source calls "Easter Sunday; Labor Day", in the language of the page as far as it is known."""
    known = {
        "New Year's Day": _("New Year’s Day"),
        "Orthodox Christmas Day": _("Orthodox Christmas Day"),
        "Christmas Day": _("Christmas Day"),
        "Statehood Day": _("Statehood Day"),
        "Good Friday": _("Good Friday"),
        "Holy Saturday": _("Holy Saturday"),
        "Easter Sunday": _("Easter Sunday"),
        "Easter Monday": _("Easter Monday"),
        "Labor Day": _("Labour Day"),
        "Armistice Day": _("Armistice Day"),
    }
    names = []
    for one in english.split("; "):
        name = one.removesuffix(_OBSERVED)
        said = known.get(name, name)
        names.append(said if one == name else _("%(name)s (observed)", name=said))
    return pause().join(names)
