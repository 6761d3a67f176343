"""Pages lead to each other, on a code host and as a site, and the site asks no other host."""

import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
BESIDES = sorted([*ROOT.glob("*.md"), *(ROOT / "examples").rglob("*.md")])
FENCED = re.compile(r"^(```+).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!`)\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
BESIDE = ("ARCHITECTURE.md", "CONTRIBUTING.md")
"""Pages of the site that are not in docs/."""
MOST_PICTURE_BYTES = 150_000
NOWHERE = "http://site.invalid/"


@pytest.mark.parametrize("page", [*PAGES, *BESIDES], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    links = [link for link in LINK.findall(prose(page)) if not urlsplit(link).scheme]
    assert [link for link in links if not leads(page, link)] == []


def leads(page: Path, link: str) -> bool:
    """Whether a relative link has a target, and the target the anchor."""
    place, _, anchor = link.partition("#")
    target = (page.parent / unquote(place)).resolve() if place else page
    if not (target.exists() and target.is_relative_to(ROOT)):
        return False
    return not anchor or anchor in anchors(target)


@cache
def anchors(page: Path) -> set[str]:
    """As code hosts name them: small letters, without signs, blanks as hyphens."""
    headings = (re.sub(r"\]\([^)]*\)", "]", text) for text in HEADING.findall(prose(page)))
    return {re.sub(r"[^\w\- ]", "", text.lower().strip()).replace(" ", "-") for text in headings}


def prose(page: Path) -> str:
    return FENCED.sub("", page.read_text())


def test_every_page_is_in_the_navigation_once_and_all_of_it_is_there():
    named = re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    pages = sorted(page.name for page in DOCS.glob("*.md"))
    assert sorted(name for name in named if "/" not in name and name not in BESIDE) == pages
    assert [name for name in named if not ((DOCS / name).exists() or (ROOT / name).exists())] == []


def test_pictures_are_small_and_each_is_on_a_page():
    pictures = list((DOCS / "pictures").glob("*.png"))
    shown = set(re.findall(r"\(pictures/([\w-]+\.png)\)", "".join(map(prose, PAGES))))
    assert {file.name for file in pictures} == shown
    assert [file.name for file in pictures if file.stat().st_size > MOST_PICTURE_BYTES] == []


class Asking(HTMLParser):
    """What a page of the site has a browser fetch, where it leads, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.names |= {told[name] for name in ("id", "name") if name in told}
        if tag in ("script", "img", "iframe", "source", "video", "audio", "embed"):
            self.fetched += [told[name] for name in ("src", "srcset") if told.get(name)]
        if tag == "link":
            self.fetched.append(told.get("href", ""))
        if tag == "a" and told.get("href"):
            self.links.append(told["href"])


@pytest.fixture(scope="module")
def site() -> Path:
    """The site as `make site` builds it."""
    if find_spec("zensical") is None:
        pytest.skip("no Zensical here: pip install zensical")
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/build_site.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "issue" not in done.stdout, done.stdout
    return runpy.run_path(str(ROOT / "tools/build_site.py"))["SITE"]


def pages_of(site: Path) -> Iterator[tuple[str, Asking]]:
    """Address and content of each page."""
    for file in sorted(site.rglob("*.html")):
        address = str(file.relative_to(site)).removesuffix("index.html")
        yield address, Asking(file.read_text())


@pytest.mark.slow
def test_the_site_has_every_page_and_asks_no_other_host(site):
    pages = dict(pages_of(site))
    assert len(pages) > len(PAGES)
    for address, page in pages.items():
        assert [uri for uri in page.fetched if urlsplit(uri).netloc] == [], address
    styles = "".join(file.read_text() for file in site.rglob("*.css"))
    assert re.findall(r"url\(\s*[\"']?(?:https?:)?//", styles) == []


@pytest.mark.slow
def test_links_of_the_site_lead_to_its_pages_and_their_anchors(site):
    pages = dict(pages_of(site))
    broken = []
    for address, page in pages.items():
        for link in page.links:
            whole = urlsplit(urljoin(NOWHERE + address, link))
            if whole.netloc != urlsplit(NOWHERE).netloc or address == "404.html":
                continue
            place = unquote(whole.path).lstrip("/")
            target = pages.get(place)
            is_there = target is not None or (site / place).is_file()
            if not is_there or (whole.fragment and target and whole.fragment not in target.names):
                broken.append((address, link))
    assert broken == []
