"""Dots on lines, as plain SVG: small, the same bytes for the same numbers, and nothing to load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

# Okabe and Ito's colours, which people who see few colours can tell apart; shapes differ as well.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#808080")
_SHAPES = (
    '<circle cx="{x}" cy="{y}" r="4.5" {paint}/>',
    '<rect x="{left}" y="{top}" width="8" height="8" {paint}/>',
    '<path d="M{x} {top}l5 9h-10z" {paint}/>',
    '<path d="M{x} {top}l5 5l-5 5l-5 -5z" {paint}/>',
)
# Pixels; each series has a line of its own within a row, so that equal values do not hide each other.
_WIDTH, _LEFT, _RIGHT, _TOP, _APART = 760, 190, 24, 34, 4


def dots(title: str, unit: str, rows: Mapping[str, Mapping[str, float]]) -> bytes:
    """Draw a line for each row and on it a dot for each of its values, by the name of its series."""
    series = list(dict.fromkeys(name for values in rows.values() for name in values))
    step, last = _scale(max((v for values in rows.values() for v in values.values()), default=0))
    height_of_row = 16 + _APART * len(series)
    bottom = _TOP + height_of_row * len(rows)
    legend = bottom + 46
    height = legend + 20 * -(-len(series) // 3)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="12" y="20" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for n in range(round(last / step) + 1):
        x = _x(n * step, last)
        out.append(f'<path d="M{x} {_TOP}V{bottom}" stroke="#ddd"/>')
        out.append(f'<text x="{x}" y="{bottom + 16}" text-anchor="middle">{n * step:g}</text>')
    out.append(f'<text x="{_WIDTH - _RIGHT}" y="{bottom + 32}" text-anchor="end">{escape(unit)}</text>')
    for n, (row, values) in enumerate(rows.items()):
        y = _TOP + height_of_row * n + height_of_row // 2
        top = y - _APART * (len(series) - 1) // 2
        out.append(f'<text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(row)}</text>')
        out.append(f'<path d="M{_LEFT} {y}H{_WIDTH - _RIGHT}" stroke="#eee"/>')
        out += [
            _mark(k, _x(values[name], last), top + _APART * k, f"{row}, {name}: {values[name]:g}")
            for k, name in enumerate(series) if name in values
        ]
    out += _legend(series, legend)
    return ("\n".join([*out, "</svg>"]) + "\n").encode()


def _legend(series: Sequence[str], top: int) -> list[str]:
    out = []
    for n, name in enumerate(series):
        x, y = 24 + n % 3 * 245, top + n // 3 * 20
        out += [_mark(n, x, y, name), f'<text x="{x + 12}" y="{y + 4}">{escape(name)}</text>']
    return out


def _mark(number: int, x: float, y: int, told: str) -> str:
    paint = f'fill="{_COLOURS[number % len(_COLOURS)]}" fill-opacity="0.8"'
    shape = _SHAPES[number % len(_SHAPES)]
    drawn = shape.format(x=x, y=y, left=round(x - 4, 1), top=y - 5, paint=paint)
    return f"<g><title>{escape(told)}</title>{drawn}</g>"


def _x(value: float, last: float) -> float:
    return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * value / last, 1)


def _scale(largest: float) -> tuple[float, float]:
    """Choose a step of 1, 2 or 5 times a power of ten, of which at most eight reach the largest value."""
    step = 0.1
    for factor in (2, 2.5, 2) * 9:
        if largest <= 8 * step:
            break
        step *= factor
    step = round(step, 6)
    return step, step * max(1, -(-largest // step))
