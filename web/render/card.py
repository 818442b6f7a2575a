"""An appointment as a card of A6, in the client's language, with a picture of the link for a telephone."""
from __future__ import annotations

import segno

from web.render.mail import environment
from web.render.telling import Telling


def card(tell: Telling) -> str:
    """The card as HTML; it says no more than an invitation does."""
    picture = segno.make(tell.link, error="m").svg_data_uri(border=2)
    return environment().get_template("card.html").render(mail=tell, picture=picture)
