"""A release over HTTP: the right bytes with the right headers, the release in force, and nothing beside it."""

from __future__ import annotations

import hashlib
import http.client
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from eduplan.errors import EnvironmentFault
from eduplan.project import Project
from eduplan.release.serving import Releases, application
from eduplan.release.swap import put_in_force, seal, write_sealed

PAGES = {
    "site/index.html": b"<!doctype html><title>Release</title>",
    "site/en/index.html": b"<!doctype html><title>English</title>",
    "site/vendor/engine.wasm": b"\0asm\1\0\0\0",
    "site/vendor/engine.wasm.gz": b"\x1f\x8b",
    "site/vendor/page.js": b"export {};",
    "marts.duckdb": bytes(range(256)) * 40,
    "parquet/plan/status.parquet": b"PAR1....PAR1",
}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Server:
    """The application behind a real socket, and a client that sends a path as it is."""

    def __init__(self, port: int) -> None:
        self._port = port

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read())
        finally:
            connection.close()


def release(project: Project, release_id: str, files: dict[str, bytes]) -> Path:
    """A sealed release of some files."""
    folder = project.marts / "releases" / release_id
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    says = {"release_id": release_id, "fingerprint": release_id, "tables": [], "files": seal(folder)}
    write_sealed(folder / "manifest.json", json.dumps(says))
    put_in_force(project, folder)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "project"
    root.mkdir()
    (root / "eduplan.yml").write_text('city_code: "990100"\ncity_name: {en: Demo City, zh: 示范市}\n', encoding="utf-8")
    return Project.load(root)


@contextmanager
def serving(project: Project, release_id: str | None = None) -> Iterator[Server]:
    server = uvicorn.Server(
        uvicorn.Config(application(Releases(project, release_id)), port=0, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
    try:
        yield Server(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def server(project: Project) -> Iterator[Server]:
    release(project, "2026-11-22T020000-aaaa1111", PAGES)
    with serving(project) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("site/index.html", "text/html; charset=utf-8"),
        ("site/vendor/engine.wasm", "application/wasm"),
        ("site/vendor/engine.wasm.gz", "application/gzip"),
        ("site/vendor/page.js", "text/javascript; charset=utf-8"),
        ("marts.duckdb", "application/vnd.duckdb"),
        ("parquet/plan/status.parquet", "application/vnd.apache.parquet"),
    ],
)
def test_a_file_comes_whole_with_its_type_and_tag(server: Server, path: str, media_type: str) -> None:
    answer = server.ask(f"/{path}")
    assert (answer.status, answer.body) == (200, PAGES[path])
    assert answer.headers["content-type"] == media_type
    assert answer.headers["etag"] == f'"{hashlib.sha256(PAGES[path]).hexdigest()}"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["cache-control"] == "no-cache"
    assert "content-encoding" not in answer.headers


def test_head_tells_the_size_and_sends_nothing(server: Server) -> None:
    answer = server.ask("/marts.duckdb", "HEAD")
    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "10240", b"")


@pytest.mark.parametrize(
    ("asked", "start", "end"), [("bytes=0-0", 0, 1), ("bytes=100-299", 100, 300), ("bytes=-16", 10224, 10240)]
)
def test_a_range_is_a_part(server: Server, asked: str, start: int, end: int) -> None:
    answer = server.ask("/marts.duckdb", Range=asked)
    assert (answer.status, answer.body) == (206, PAGES["marts.duckdb"][start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/10240"


def test_a_range_beyond_the_end_is_refused(server: Server) -> None:
    answer = server.ask("/marts.duckdb", Range="bytes=20000-20001")
    assert (answer.status, answer.headers["content-range"]) == (416, "bytes */10240")


def test_a_range_of_another_release_gives_the_whole_file(server: Server) -> None:
    tag = server.ask("/marts.duckdb", "HEAD").headers["etag"]
    same = server.ask("/marts.duckdb", Range="bytes=0-9", If_Range=tag)
    other = server.ask("/marts.duckdb", Range="bytes=0-9", If_Range='"of yesterday"')
    assert (same.status, len(same.body)) == (206, 10)
    assert (other.status, len(other.body)) == (200, 10240)


def test_a_file_that_the_reader_has_is_not_sent_again(server: Server) -> None:
    tag = server.ask("/site/index.html").headers["etag"]
    for known in (tag, f'"x", W/{tag}', "*"):
        answer = server.ask("/site/index.html", If_None_Match=known)
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", tag)
    assert server.ask("/site/index.html", If_None_Match='"x"').status == 200


def test_folders_lead_to_their_page(server: Server) -> None:
    assert server.ask("/").headers["location"] == "/site/index.html"
    assert server.ask("/site/en").headers["location"] == "/site/en/"
    assert server.ask("/site/en/").body == PAGES["site/en/index.html"]
    assert server.ask("/parquet/").status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/site/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/site/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/left-behind.txt",
        "/link.txt",
        "/site/%00",
        "/marts.duckdb?release=../../releases",
        "/marts.duckdb?release=.",
        "/secret.txt?release=..",
    ],
)
def test_nothing_but_what_the_manifest_lists(project: Project, server: Server, path: str) -> None:
    folder = project.marts / "current"
    (project.marts / "releases" / "secret.txt").write_text("secret")
    (folder / "left-behind.txt").write_text("secret")
    (folder / "link.txt").symlink_to(project.marts / "releases" / "secret.txt")
    answer = server.ask(path)
    assert answer.status == 404
    assert b"secret" not in answer.body


def test_nothing_can_be_changed(server: Server) -> None:
    assert [server.ask("/marts.duckdb", method).status for method in ("POST", "PUT", "DELETE")] == [405, 405, 405]


def test_pages_may_talk_to_this_server_alone(server: Server) -> None:
    policy = server.ask("/site/index.html").headers["content-security-policy"]
    assert "connect-src 'self' blob:" in policy
    assert "default-src 'self'" in policy


def test_a_new_release_shows_and_one_that_was_asked_for_stays(project: Project, server: Server) -> None:
    release(project, "2026-11-23T020000-bbbb2222", {**PAGES, "marts.duckdb": b"new"})
    assert server.ask("/marts.duckdb").body == b"new"
    old = server.ask("/marts.duckdb?release=2026-11-22T020000-aaaa1111", Range="bytes=0-9")
    assert (old.status, old.body) == (206, PAGES["marts.duckdb"][:10])
    assert old.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert server.ask("/marts.duckdb?release=2026-11-21T020000-cccc3333").status == 404


def test_a_release_that_was_removed_is_gone(project: Project, server: Server) -> None:
    asked = "/marts.duckdb?release=2026-11-22T020000-aaaa1111"
    assert server.ask(asked).status == 200
    release(project, "2026-11-23T020000-bbbb2222", PAGES)
    shutil.rmtree(project.marts / "releases" / "2026-11-22T020000-aaaa1111")
    answer = server.ask(asked)
    assert (answer.status, answer.body) == (404, b"this release is no longer here; load the page again\n")


def test_a_pinned_release_stays(project: Project) -> None:
    release(project, "2026-11-22T020000-aaaa1111", PAGES)
    release(project, "2026-11-23T020000-bbbb2222", {**PAGES, "marts.duckdb": b"new"})
    with serving(project, "2026-11-22T020000-aaaa1111") as server:
        answer = server.ask("/marts.duckdb")
    assert answer.body == PAGES["marts.duckdb"]
    assert answer.headers["x-eduplan-release"] == "2026-11-22T020000-aaaa1111"


def test_a_release_without_a_site_says_so(project: Project) -> None:
    release(project, "2026-11-22T020000-aaaa1111", {"marts.duckdb": b"data"})
    with serving(project) as server:
        answer = server.ask("/")
        assert (answer.status, server.ask("/marts.duckdb").body) == (404, b"data")
    assert b"has no site" in answer.body


def test_a_server_outlives_the_lack_of_a_release(project: Project) -> None:
    with serving(project) as server:
        answer = server.ask("/marts.duckdb")
        assert (answer.status, answer.body) == (503, b"nothing was released yet\n")
        release(project, "2026-11-22T020000-aaaa1111", PAGES)
        assert server.ask("/marts.duckdb").status == 200


@pytest.mark.parametrize("release_id", ["2026-01-01T000000-00000000", "..", "", "../current"])
def test_an_unknown_release_is_refused(project: Project, release_id: str) -> None:
    release(project, "2026-11-22T020000-aaaa1111", PAGES)
    with pytest.raises(EnvironmentFault, match="there is no such release"):
        Releases(project, release_id).served()
