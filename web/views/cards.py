"""Appointment cards to print, and texts to send, for clients whom no mail reaches."""
from __future__ import annotations

from flask import Blueprint, g, render_template

from web.services import cards, rounds

blueprint = Blueprint("cards", __name__)


@blueprint.get("/appointments/<int:appointment_id>/card")
def show(appointment_id: int) -> str:
    """One appointment as a card, and as a text for SMS and messengers."""
    return render_template("cards/cards.html", handouts=[cards.handout_of(appointment_id, now=g.now)])


@blueprint.get("/rounds/<int:round_id>/cards")
def of_round(round_id: int) -> str:
    """A card for each of a round's clients without mail and SMS."""
    found = cards.to_hand_over(rounds.get(round_id), now=g.now)
    return render_template("cards/cards.html", handouts=[cards.handout(each, now=g.now) for each in found])
