"""The files of a site: what each is, how long it may be kept, and which folders are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from petc.deploy.site import objects
from petc.deploy.site.objects import ASK, FOREVER, SHARED, content_type, kept, made, read
from petc.diagnostics import Rejected
from petc.output.manifest import digest


def write(folder: Path, *paths: str) -> Path:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(f"content of {path}", "utf-8")
    return folder


def codes(folder: Path) -> list[str]:
    with pytest.raises(Rejected) as caught:
        read(folder)
    assert {item.pointer for item in caught.value.diagnostics} == {"/frontend/content"}
    return [item.code for item in caught.value.diagnostics]


def test_files_are_read_by_key_with_digest_and_size(tmp_path: Path) -> None:
    found = read(write(tmp_path / "site", "index.html", "assets/app.js"))

    assert [(file.key, file.sha256, file.size) for file in found] == [
        ("assets/app.js", digest(b"content of assets/app.js"), 24),
        ("index.html", digest(b"content of index.html"), 21),
    ]


def test_hidden_files_stay_at_home_but_for_the_well_known_ones(tmp_path: Path) -> None:
    found = read(write(tmp_path / "site", "a.txt", ".env", ".git/config", ".well-known/security.txt"))

    assert [file.key for file in found] == [".well-known/security.txt", "a.txt"]


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("a/APP.JS", "text/javascript; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("logo.svg", "image/svg+xml"),
        ("font.woff2", "font/woff2"),
        ("app.wasm", "application/wasm"),
        ("LICENSE", "application/octet-stream"),
        ("file.unheard", "application/octet-stream"),
    ],
)
def test_the_type_follows_from_the_name_on_every_system(name: str, type_: str) -> None:
    assert content_type(name) == type_


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("assets/app.3f2a9c1b.js", FOREVER),
        ("assets/app-3f2a9c1b.css", FOREVER),
        ("assets/index-BTsF3kQz.js", FOREVER),
        ("assets/app.3f2a9c1b.js.map", FOREVER),
        ("app.js", SHARED),
        ("some-document.js", SHARED),
        ("my-Documentation.pdf", SHARED),
        ("photo-deadbeef.jpg", SHARED),
        ("index.html", ASK),
        ("page.3f2a9c1b.html", ASK),
        ("sw.js", ASK),
        ("site.webmanifest", ASK),
    ],
)
def test_only_a_name_that_changes_with_the_content_is_kept_for_ever(name: str, header: str) -> None:
    assert kept(name) == header


def test_bytes_and_a_file_of_the_same_content_are_the_same_object(tmp_path: Path) -> None:
    path = write(tmp_path, "a.json") / "a.json"

    assert made("a.json", path).fingerprint == made("a.json", path.read_bytes()).fingerprint


def test_another_header_is_another_object() -> None:
    assert made("a.json", b"{}").fingerprint != made("a.json", b"{}", ASK).fingerprint


def test_a_missing_folder_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert codes(tmp_path / "none") == ["site-missing"]
    assert codes(tmp_path / "empty") == ["site-missing"]


def test_links_are_refused_wherever_they_lead(tmp_path: Path) -> None:
    site = write(tmp_path / "site", "index.html")
    (site / "passwd").symlink_to("/etc/passwd")
    (site / "up").symlink_to(tmp_path)
    os.mkfifo(site / "pipe")
    (tmp_path / "link").symlink_to(site)

    assert codes(site) == ["site-link"] * 3
    assert codes(tmp_path / "link") == ["site-link"]


@pytest.mark.parametrize("name", [b"bell\x07.txt", b"line\nbreak.html", b"back\\slash.js", b"\xff.txt"])
def test_hostile_names_are_refused_and_shown_without_harm(name: bytes, tmp_path: Path) -> None:
    site = write(tmp_path / "site", "index.html")
    Path(os.fsdecode(os.fsencode(site) + b"/" + name)).write_text("x")
    with pytest.raises(Rejected) as caught:
        read(site)
    (found,) = caught.value.diagnostics

    assert found.code == "site-name"
    assert found.message.isprintable()


def test_a_key_longer_than_s3_takes_is_refused(tmp_path: Path) -> None:
    site = write(tmp_path / "site", "/".join(["a" * 200] * 6) + ".txt")

    assert codes(site) == ["site-name"]


def test_names_of_other_scripts_are_taken(tmp_path: Path) -> None:
    found = read(write(tmp_path / "site", "한글 page.html"))

    assert [file.key for file in found] == ["한글 page.html"]


@pytest.mark.parametrize(("limit", "value"), [("LARGEST_FILES", 1), ("LARGEST_BYTES", 30)])
def test_a_folder_that_is_no_site_is_refused(
    limit: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = write(tmp_path / "site", "index.html", "other.html")
    monkeypatch.setattr(objects, limit, value)

    assert codes(site) == ["site-too-large"]
