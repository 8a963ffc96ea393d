"""A list mended in its grid by somebody who has no mouse."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.e2e.persons import Person
from tests.e2e.stack import Stack

# Nobody of another test's list.
_LIST = """Title,Name,Mobile,Points,Remarks
Dr,Ilaiyaraja Muthu,9812300811,811,
Ms,Tanvi Deshpande,98123 008,812,Onam
Mr,Gopal Varma,9812300813,812.5,Onam
Ms,Farida Shaikh,9812300814,814,Onam
"""


def has_focus(person: Person, label: str) -> None:
    expect(person.page.locator("#grid :focus")).to_have_text(label)


@pytest.fixture
def maker(stack: Stack, browser: Browser, tmp_path: Path) -> Iterator[Person]:
    """Somebody in front of a list with three errors, whose browser has nothing to complain of but refused cells."""
    path = tmp_path / "onam.csv"
    path.write_text(_LIST, encoding="utf-8")
    person = Person(browser, stack.url, "demo-admin-2")
    person.upload(path, purpose="Onam, without a mouse")
    yield person
    assert [one for one in person.complaints if "422" not in one and "409" not in one] == []


def test_list_is_mended_by_keyboard_alone(maker: Person) -> None:
    page, press = maker.page, maker.page.keyboard.press
    edited, told = page.locator(".cell-edit input[name=text]"), page.locator("#grid-said")
    press("n")
    has_focus(maker, "Edit: Title of row 2")
    press("Enter")
    expect(edited).to_have_value("Dr")
    page.keyboard.type("Mr")
    press("Tab")
    expect(told).to_be_visible()
    expect(told).to_contain_text("Title of row 2 is changed. What the file had stays beside it. Errors: 2 rows left.")
    has_focus(maker, "Edit: Mobile of row 2")
    expect(page.locator("#cell-2-title")).to_contain_text("in the file: Dr")
    expect(page.locator("#count-errors")).to_have_text("2")

    press("n")
    has_focus(maker, "Edit: Mobile of row 3")
    press("e")
    # Without waiting for the editor: what is typed early belongs into it.
    page.keyboard.type("98123 00812")
    press("Enter")
    has_focus(maker, "Edit: Mobile of row 4")
    expect(page.locator("#cell-3-mobile")).to_contain_text("98123 00812")

    for key in ("ArrowRight", "ArrowRight", "Enter"):
        press(key)
    expect(edited).to_have_value("812.5")
    page.keyboard.type("813")
    press("Shift+Tab")
    has_focus(maker, "Edit: E-mail of row 4")
    expect(told).to_contain_text("Errors: 0 rows left.")
    expect(page.get_by_role("button", name="Submit 4 rows for approval")).to_be_enabled()
    press("n")
    expect(told).to_have_text("No further row with a problem on this page.")


def test_refused_cell_says_why_and_esc_leaves_it(maker: Person) -> None:
    page, press = maker.page, maker.page.keyboard.press
    edited = page.locator(".cell-edit input[name=text]")
    press("n")
    press("F2")
    expect(edited).to_be_focused()
    page.keyboard.type("Prof")
    press("Enter")
    expect(page.get_by_text("Not stored: what you typed is Prof")).to_be_visible()
    expect(edited).to_be_focused()
    assert Axe().run(page).response["violations"] == []
    press("Escape")
    expect(edited).to_have_count(0)
    has_focus(maker, "Edit: Title of row 2")
    expect(page.locator("#cell-2-title")).to_contain_text("no title")
    press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    press("Escape")
    has_focus(maker, "Edit: Title of row 2")


def test_rows_around_a_mended_one_follow(maker: Person) -> None:
    page = maker.page
    page.locator("#cell-3-mobile a.edit").click()
    page.locator(".cell-edit input[name=text]").fill("9812300811")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#row-2")).to_contain_text("Same person as row 3, with another amount.")
    page.get_by_role("button", name="Put back Mobile of row 3").click()
    expect(page.locator("#row-2")).not_to_contain_text("Same person")
    has_focus(maker, "Edit: Mobile of row 3")


def test_cell_that_somebody_else_changed_is_not_overwritten_unseen(
    stack: Stack, browser: Browser, maker: Person
) -> None:
    other = Person(browser, stack.url, "demo-admin")
    maker.page.keyboard.press("n")
    maker.page.keyboard.press("Enter")
    edited = maker.page.locator(".cell-edit input[name=text]")
    expect(edited).to_be_focused()
    other.page.goto(maker.page.url)
    for page, text in ((other.page, "Ms"), (maker.page, "Mr")):
        if page is other.page:
            page.locator("#cell-2-title a.edit").click()
        page.locator(".cell-edit input[name=text]").fill(text)
        page.keyboard.press("Enter")
        if page is other.page:
            expect(page.locator("#cell-2-title .put-back")).to_be_visible()
    expect(maker.page.get_by_text("was changed by somebody else meanwhile").first).to_be_visible()
    expect(maker.page.locator("#cell-2-title")).to_contain_text("Ms")
    expect(edited).to_have_value("Mr")
    expect(edited).to_be_focused()
    maker.page.keyboard.press("Enter")
    expect(edited).to_have_count(0)
    expect(maker.page.locator("#cell-2-title")).to_contain_text("Mr")


def test_single_letters_can_be_switched_off(stack: Stack, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "pongal.csv"
    path.write_text("Name,Mobile,Points\nSunita Rawat,98123 009,911\nJatin Negi,98123,912\n", encoding="utf-8")
    maker = Person(browser, stack.url, "demo-admin-2")
    maker.upload(path, purpose="Pongal")
    page, press = maker.page, maker.page.keyboard.press
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Single letters and signs").uncheck()
    page.reload()
    for key in ("n", "?", "/"):
        press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#grid :focus")).to_have_count(0)
    expect(page.locator("#search:focus")).to_have_count(0)
    page.get_by_role("button", name="Next problem").click()
    has_focus(maker, "Edit: Mobile of row 2")
    page.get_by_role("button", name="Next problem").click()
    has_focus(maker, "Edit: Mobile of row 3")
    press("ArrowRight")
    has_focus(maker, "Edit: E-mail of row 3")
    press("F2")
    expect(page.locator(".cell-edit input[name=text]")).to_be_focused()
    assert maker.complaints == []
