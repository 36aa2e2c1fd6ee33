"""Sums in words, as rules about budgets show them, cut where nobody would read on."""

from __future__ import annotations

from collections.abc import Sequence

_MOST = 12


def in_words(terms: Sequence[tuple[int, str]]) -> str:
    """Return the words of all terms joined by plus signs; of very many the largest, and how many are left out."""
    if len(terms) <= _MOST:
        return " + ".join(words for _, words in terms)
    largest = sorted(range(len(terms)), key=lambda number: (-terms[number][0], number))[:_MOST]
    shown = " + ".join(terms[number][1] for number in sorted(largest))
    left = sum(amount for amount, _ in terms) - sum(terms[number][0] for number in largest)
    return f"{shown} + {left} of {len(terms) - _MOST} more"
