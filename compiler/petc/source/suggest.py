"""Did you mean: the nearest of the names that would have been right."""

from __future__ import annotations

from collections.abc import Iterable

_ALIKE = 0.6
"""The least similarity (0 to 1) that is worth a suggestion; below it, suggestions confuse."""

_LONGEST = 100

_MOST = 2_000


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that `word` was most likely meant to be, or None when none is near.

    Letter case, hyphens and underscores count little: `deletionProtection` finds `deletion_protection`.
    No suggestion is made for absurdly long words or among very many names: it would take minutes.
    Among equally near candidates the first in alphabetical order wins.
    """
    names = sorted(candidates)
    if len(word) > _LONGEST or len(names) > _MOST:
        return None
    # difflib takes longer to import than a small spec takes to parse, and most runs have no mistake.
    import difflib

    folded: dict[str, str] = {}
    for candidate in names:
        folded.setdefault(_fold(candidate), candidate)
    meant = _fold(word)
    found = difflib.get_close_matches(meant, folded, n=10, cutoff=_ALIKE)
    # difflib orders by likeness and breaks ties by the last in the alphabet, `web9` before `web1`.
    nearest = sorted(found, key=lambda name: (-difflib.SequenceMatcher(None, name, meant).ratio(), name))
    return folded[nearest[0]] if nearest else None


def _fold(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")
