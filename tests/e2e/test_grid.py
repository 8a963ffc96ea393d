"""A list mended in its grid by somebody who has no mouse."""

from pathlib import Path

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


def test_list_is_mended_by_keyboard_alone(stack: Stack, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "onam.csv"
    path.write_text(_LIST, encoding="utf-8")
    maker = Person(browser, stack.url, "demo-admin-2")
    page, press = maker.page, maker.page.keyboard.press
    maker.upload(path, purpose="Onam, without a mouse")
    edited = page.locator(".cell-edit input[name=text]")
    told = page.locator("#grid-said")

    press("n")
    has_focus(maker, "Edit: Title of row 2")
    press("F2")
    expect(edited).to_be_focused()
    page.keyboard.type("Prof")
    press("Enter")
    expect(page.get_by_text("Not stored: what you typed is Prof")).to_be_visible()
    expect(edited).to_be_focused()
    assert Axe().run(page).response["violations"] == []
    press("Escape")
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
    page.keyboard.type("98123 00812")
    press("Enter")
    has_focus(maker, "Edit: Mobile of row 4")
    expect(page.locator("#cell-3-mobile")).to_contain_text("98123 00812")

    for key in ("ArrowRight", "ArrowRight"):
        press(key)
    has_focus(maker, "Edit: Points of row 4")
    press("Enter")
    expect(edited).to_have_value("812.5")
    page.keyboard.type("813")
    press("Shift+Tab")
    has_focus(maker, "Edit: E-mail of row 4")
    expect(told).to_contain_text("Errors: 0 rows left.")
    expect(page.get_by_role("button", name="Submit 4 rows for approval")).to_be_enabled()

    press("n")
    expect(told).to_have_text("No further row with a problem on this page.")
    press("k")
    has_focus(maker, "Edit: E-mail of row 3")
    press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    press("Escape")
    has_focus(maker, "Edit: E-mail of row 3")
    maker.complaints = [one for one in maker.complaints if "422" not in one]
    assert maker.complaints == []


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
