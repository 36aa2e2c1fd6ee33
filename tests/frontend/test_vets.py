"""The vets and their specialties."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_vets_are_listed_with_their_specialties(page: Page) -> None:
    page.goto("/#/vets")
    cards = page.locator(".vet")

    expect(cards).to_have_count(6)
    expect(cards.filter(has_text="Linda Douglas").locator(".chip")).to_have_text(["dentistry", "surgery"])
    expect(cards.filter(has_text="James Carter")).to_contain_text("General practice")
