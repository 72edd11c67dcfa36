"""The page that leads to the bulletin and the data of the same release."""

from __future__ import annotations

import re

import pytest

from eduplan.site.bulletin_page import size_text

BULLETINS = ("bulletin.en.pdf", "bulletin.en.xlsx", "bulletin.zh.pdf", "bulletin.zh.xlsx")


def with_bulletin(site, *names):
    (site.release / "bulletin").mkdir()
    for name in names:
        (site.release / "bulletin" / name).write_bytes(b"x" * 2500)
    site.write()
    return site.text("bulletin.html")


def test_every_file_of_the_bulletin_can_be_opened_from_it(make_site):
    site = make_site()
    text = with_bulletin(site, *BULLETINS)
    linked = re.findall(r'href="\.\./bulletin/([^"]+)" hreflang="(..)"', text)
    assert sorted(linked) == [(name, name.split(".")[1]) for name in BULLETINS]
    assert text.count("2 KB") == 4
    assert "eduplan bulletin</code>" not in text
    assert 'href="bulletin.html"' in site.text("index.html")


def test_a_release_without_a_bulletin_says_so(make_site):
    site = make_site()
    site.write()
    assert "This release has no bulletin." in site.text("bulletin.html")


def test_what_is_missing_is_told_without_the_words_of_the_machine(make_site):
    site = make_site()
    site.missing = ["the bulletin has no PDF: no font is installed (Debian: apt-get install fonts-noto-cjk)"]
    text = with_bulletin(site, "bulletin.zh.xlsx")
    assert "bulletin.zh.xlsx" in text
    assert "could not be made" in text
    assert "apt-get" not in text


@pytest.mark.parametrize(("size", "text"), [(1, "1 KB"), (702_710, "703 KB"), (39_596_032, "39.6 MB")])
def test_sizes_are_told_as_people_read_them(size, text):
    assert size_text(size) == text
