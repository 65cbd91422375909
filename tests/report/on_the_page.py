"""What a reader of the first page sees in it, and a page that is open in a browser."""

import re
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, expect


def opened(browser: Browser, address: str) -> Iterator[Page]:
    """Open the page at desk size; whatever it logs or asks of the network fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url))
    page.goto(address)
    page.wait_for_selector("html[data-ready]")
    yield page
    allowed = (address, "data:")  # the page itself, and the pictures in it
    assert [text for text in complaints if not text.startswith(allowed)] == []
    context.close()


def rows(page: Page) -> list[str]:
    """Return the methods of the table, from top to bottom."""
    return page.locator("#ranking tbody th.name").all_text_contents()


def column(page: Page, key: str) -> list[str]:
    """Return the cells of a column, from top to bottom."""
    return page.locator(f"#ranking tbody td.{key}").all_text_contents()


def heading(page: Page) -> str:
    return page.text_content("#ranking tr.group")


def copied(page: Page, name: str) -> str:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#copied")).not_to_be_empty()
    return page.evaluate("navigator.clipboard.readText()")


VIEW = re.compile(r"View (\w{8}) of table (\w{12})\.")
