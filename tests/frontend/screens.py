"""Every screen of the page in every state that has a look of its own, and how to get there."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.frontend.clinic import text
from tests.frontend.gateway import Gateway
from tests.lambda_src.endpoints import Reply

LONG = "Wolfeschlegelsteinhausenbergerdorff" * 3
ANSWER = """These vets do **surgery**:

- Linda Douglas (also dentistry)
- Rafael Ortega

Shall I look for a date? I could also:

1. list all vets
2. add a visit"""


@dataclass(frozen=True, slots=True)
class Screen:
    """An address below `#/`, and a text by which one knows that the screen is there."""

    path: str
    text: str


SCREENS = {
    "owners": Screen("owners", "12 owners"),
    "nobody": Screen("owners?lastName=zzz", "Nobody by that name"),
    "owner": Screen("owners/6", "105 N. Lake St."),
    "petless": Screen("owners/101", "No pets yet"),
    "long": Screen("owners/100", LONG),
    "new-owner": Screen("owners/new", "New owner"),
    "edit-owner": Screen("owners/6/edit", "Edit owner"),
    "new-pet": Screen("owners/6/pets/new", "New pet"),
    "edit-pet": Screen("owners/6/pets/7/edit", "Edit pet"),
    "visit": Screen("owners/6/pets/7/visits/new", "New visit for Samantha"),
    "vets": Screen("vets", "6 vets"),
    "missing": Screen("owners/999", "This is not here"),
    "wrong": Screen("owners/new", "New owner"),
    "refused": Screen("owners/6/edit", "Edit owner"),
    "failed": Screen("vets", "The clinic has a problem"),
    "chat-new": Screen("owners/6", "105 N. Lake St."),
    "chat": Screen("owners", "12 owners"),
}


def furnish(gateway: Gateway) -> None:
    """Put names that are hard to lay out beside the usual ones, and let the chat answer with a list."""
    clinic = gateway.clinic
    owner = clinic.add_owner(LONG, "김철수", LONG, "서울특별시 강남구", "010123456789")
    clinic.add_owner("민수", "박", "테헤란로 1", "서울", "0212345678")
    pet = clinic.add_pet(owner, f"야옹이{LONG}", "2024-02-29", 1)
    clinic.add_visit(pet, "2025-01-01", f"예방 접종\n{LONG}")
    clinic.chat = lambda question: text(ANSWER)


def show(page: Page, gateway: Gateway, name: str) -> None:
    """Open a screen and bring it into its state."""
    screen = SCREENS[name]
    failing = {"failed": ("GET", "/api/vets"), "refused": ("PUT", "/api/customers")}
    gateway.instead = {failing[name]: lambda _: Reply(502)} if name in failing else {}
    if name.startswith("chat"):
        page.goto("about:blank")  # what was said before is gone with the page
    page.goto(f"/#/{screen.path}")
    expect(page.locator("main")).to_contain_text(screen.text)
    expect(page.locator("main")).to_have_attribute("aria-busy", "false")
    if name == "wrong":
        page.get_by_label("Telephone").fill("12 34")
        page.get_by_role("button", name="Add owner").click()
    if name == "refused":
        page.get_by_role("button", name="Save owner").click()
        expect(page.get_by_role("alert")).to_contain_text("The clinic has a problem")
    if name.startswith("chat"):
        page.get_by_role("button", name="Ask").click()
    if name == "chat":
        page.get_by_label("Your question").fill("Which vets do surgery?")
        page.keyboard.press("Enter")
        expect(page.get_by_role("log")).to_contain_text("Rafael Ortega")
