"""The pages in a real browser: what it draws, asks for and complains about."""

import os
import shutil
from dataclasses import replace

import pytest

from proved import derivation_of
from symicl.cli.reporting import read_summary, write_record, write_report
from symicl.statements import find
from symicl.views import write_json

CHROMIUM = os.environ.get("SYMICL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
# The theorem with the longest loss, one with matrices and one whose prose is mostly formulas.
IDS = ("zhang2024.ltb", "mahankali2023.preconditioned", "sander2024.orthogonal")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    entries = []
    for name in IDS:
        theorem = find(name)
        write_record(folder, theorem, derivation_of(name))
        entries.append({"id": name, "proof": {"verdict": "proved", "reason": "", "seconds": 1.0}})
    write_json(folder / "summary.json", {"versions": {}, "theorems": entries})
    write_report(folder, read_summary(folder))
    return folder


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, folder):
    """Open a page and watch what it does."""
    contexts = []

    def call(name, *, width=1280, scheme="light", scripts=True, media=None):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.requests = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        if media:
            page.emulate_media(media=media)
        page.goto((folder / f"{name}.html").as_uri())
        return page

    yield call
    for context in contexts:
        context.close()


SIZES = "[...document.querySelectorAll('math')].filter(m => m.checkVisibility()).map(m => m.getBoundingClientRect())"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["index", *IDS])
def test_pages_render(opened, name, width):
    page = opened(name, width=width)
    assert page.complaints == []
    assert len([url for url in page.requests if not url.startswith("data:")]) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.evaluate(f"{SIZES}.map(r => [r.width, r.height])")
    assert len(sizes) > (3 if name == "index" else 30)
    assert all(w > 2 and h > 4 for w, h in sizes)
    assert len(page.screenshot()) > 10_000


def test_mathematics_is_laid_out(opened):
    """A fraction is higher than its numerator, a row of a long sum stands below the one before."""
    page = opened("zhang2024.ltb")
    assert page.evaluate(
        "[...document.querySelectorAll('mfrac')].filter(f => f.checkVisibility()).every(f => "
        "f.children[1].getBoundingClientRect().top >= f.children[0].getBoundingClientRect().bottom - 2)"
    )
    tops = page.evaluate(
        "[...document.querySelector('math mtable').querySelectorAll('mtr')].map(r => r.getBoundingClientRect().top)"
    )
    assert len(tops) > 1
    assert tops == sorted(set(tops))


def test_without_scripts_the_latex_is_there(opened, folder):
    page = opened(IDS[0], scripts=False)
    assert page.locator("button").count() == 0
    details = page.locator(".formula details").first
    assert not details.locator("pre").is_visible()
    details.locator("summary").click()
    assert details.locator("pre").is_visible()
    assert "\\" in details.locator("pre").inner_text()


def test_the_copy_button(opened):
    page = opened(IDS[0])
    page.locator(".formula summary").first.click()
    button = page.locator(".formula details[open] button").first
    button.click()
    button.filter(has_text="Copied").or_(button.filter(has_text="Selected")).wait_for(timeout=3000)
    assert page.complaints == []


def test_the_keyboard_reaches_the_content_first(opened):
    page = opened(IDS[0])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


CONTRAST = """
() => {
  const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = getComputedStyle(element).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = "p, a, h1, h2, h3, li, th, td, summary, pre, .quiet, .verdict, math";
  return Math.min(...[...document.querySelectorAll(texts)].map(element => {
    const a = light(getComputedStyle(element).color), b = light(behind(element));
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
}
"""
"""The least contrast of a text to what is behind it (WCAG 2)."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(opened, scheme):
    for name in ("index", IDS[0]):
        assert opened(name, scheme=scheme).evaluate(CONTRAST) >= 4.5


def test_print(opened):
    page = opened(IDS[0], scheme="dark", media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
    assert len(page.pdf(format="A4")) > 20_000


def test_the_watchers_can_say_no(opened, folder):
    """A page with the faults that are looked for is found out."""
    (folder / "faulty.html").write_text(
        "<!DOCTYPE html><html><body><p style='width:900px;color:#999'>wide</p><img src='missing.png'>"
        "<script>console.error('fault')</script></body></html>"
    )
    page = opened("faulty", width=360)
    assert page.complaints
    assert len(page.requests) == 2
    assert page.evaluate("document.documentElement.scrollWidth") > 360
    assert page.evaluate(CONTRAST) < 4.5


def test_a_users_text_runs_nothing(opened, folder):
    theorem = replace(
        find(IDS[1]), id="mine.nasty", wording="<script>console.log('ran')</script> $<img src=x>$"
    )
    write_record(folder, theorem, None)
    summary = {"versions": {}, "theorems": [{"id": "mine.nasty", "proof": {"verdict": "undecided"}}]}
    index = (folder / "index.html").read_text()
    write_report(folder, summary)
    (folder / "index.html").write_text(index)
    page = opened("mine.nasty")
    assert page.complaints == []
    assert len(page.requests) == 1
