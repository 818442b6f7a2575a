"""Serbian from one script into the other."""
from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.render.cyrillic import to_cyrillic

LATIN = dict(zip("абвгдђежзијклљмнњопрстћуфхцчџш",
                 re.findall("lj|nj|dž|.", "abvgdđežzijklljmnnjoprstćufhcčdžš"), strict=True))


@pytest.mark.parametrize(("latin", "cyrillic"), [
    ("Njegova ljubav, Džep i LJUBAV", "Његова љубав, Џеп и ЉУБАВ"),
    ("nadživeti, podžeći, odžvakati, odžak", "надживети, поджећи, оджвакати, оџак"),
    ("injekcija, konjunktura, konj, Tanjug, Vanja", "инјекција, конјунктура, коњ, Танјуг, Вања"),
    ("Zdravo, %(name)s: %(num)s dana", "Здраво, %(name)s: %(num)s дана"),
    ("Pišite na info@example.rs ili https://example.rs/a", "Пишите на info@example.rs или https://example.rs/a"),
    ("<b>Dve fotografije</b> 3,5 × 4,5 cm &amp; QR", "<b>Две фотографије</b> 3,5 × 4,5 cm &amp; QR"),
    ("kod xyz", "код xyz"),
    ("na Mac-u outlook.com, https:// i .ics", "на Mac-у outlook.com, https:// и .ics"),
])
def test_serbian_words_change_and_nothing_else(latin: str, cyrillic: str) -> None:
    assert to_cyrillic(latin) == cyrillic


@given(st.text(alphabet=list(LATIN), min_size=1).filter(
    lambda word: not any(pair in word for pair in ("лј", "нј", "дж"))))
def test_every_word_of_serbian_letters_comes_back(word: str) -> None:
    latin = "".join(LATIN[letter] for letter in word)
    if any(begin in latin for begin in ("nadž", "podž", "odž", "konj", "inj", "tanj", "vanj")):
        return  # such words are written with two letters for two sounds
    assert to_cyrillic(latin) == word
