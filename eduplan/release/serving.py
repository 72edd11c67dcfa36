"""Serves a release over HTTP: the site, the database and the Parquet files, and nothing else.

Belongs here: which file answers a request, and its headers. Does not belong here: sockets and signals
(``eduplan.cli.serve``), and sending bytes and ranges (Starlette).

A release never changes, so a reader can never meet a half-written file, and a server never waits for a load. Only files
that the manifest lists are served: a path is looked up, never walked, so there is no way out of the folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from eduplan.errors import EnvironmentFault
from eduplan.release.release import MANIFEST, current_link, read_release, releases_folder

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from eduplan.project import Project

SITE = "site"
INDEX = "index.html"
NOT_FOUND = "404.html"

_RELEASE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")

MEDIA_TYPES = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".duckdb": "application/vnd.duckdb",
    ".gz": "application/gzip",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
}
"""By ending, written out: what a machine's own table of types says would differ from one to the next."""

# The pages may compile DuckDB and start it in a worker, and may talk to nobody but this server.
_SECURITY = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_FIRST = "no-cache"
_GONE = "this release is no longer here; load the page again\n"


@dataclass(frozen=True)
class ServedRelease:
    """A release as the server knows it.

    Attributes:
        release_id: Its id.
        folder: Its folder.
        etags: Entity tag by path below the folder; a path without one is not served.
    """

    release_id: str
    folder: Path
    etags: Mapping[str, str]

    @property
    def has_site(self) -> bool:
        """Whether it holds pages; releases of early versions hold data alone."""
        return f"{SITE}/{INDEX}" in self.etags


class Releases:
    """The releases of a project as a server finds them, request by request.

    Args:
        project: The project.
        release_id: Serve this release whatever is published; the one in force without.
    """

    def __init__(self, project: Project, release_id: str | None = None) -> None:
        self._project = project
        self._pinned = release_id

    def served(self) -> ServedRelease:
        """The release that a request without an id gets; the link is followed anew each time.

        Raises:
            EnvironmentFault: There is no release, or none of that id.
        """
        if self._pinned is not None:
            return self.named(self._pinned)
        link = current_link(self._project)
        if not link.exists():
            raise EnvironmentFault(
                "nothing was released yet", where=str(self._project.marts), remedy="run: eduplan run"
            )
        return _read(link.resolve())

    def named(self, release_id: str) -> ServedRelease:
        """A release by its id.

        Raises:
            EnvironmentFault: There is none.
        """
        folder = releases_folder(self._project) / release_id
        if not _RELEASE_ID.fullmatch(release_id) or not (folder / MANIFEST).is_file():
            raise EnvironmentFault(
                "there is no such release", where=release_id, remedy=f"see {releases_folder(self._project)}"
            )
        return _read(folder.resolve())


@lru_cache(maxsize=8)
def _read(folder: Path) -> ServedRelease:
    """Reads a manifest once: it is sealed like the rest of the folder."""
    release = read_release(folder)
    etags = {str(file["path"]): f'"{file["sha256"]}"' for file in release.manifest["files"]}
    etags[MANIFEST] = f'"{release.release_id}"'
    return ServedRelease(release.release_id, folder, etags)


def application(releases: Releases) -> Starlette:
    """The web application that serves releases.

    Args:
        releases: Where it finds them.
    """
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    def answer(request: Request) -> Response:
        try:
            return _answer(request, releases)
        except EnvironmentFault as fault:
            return PlainTextResponse(f"{fault.what}\n", 503, _SECURITY | {"cache-control": "no-store"})

    # A plain function: Starlette runs it in a thread, so that reading a manifest holds up nobody.
    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "HEAD"])])


def _answer(request: Request, releases: Releases) -> Response:
    from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response

    path = request.path_params["path"]
    release, caching = releases.served(), _ASK_FIRST
    if asked := request.query_params.get("release"):
        # What reads a file piece by piece (the SQL page) names the release, so that all pieces come from the same one.
        try:
            release, caching = releases.named(asked), _FOR_EVER
        except EnvironmentFault:
            return PlainTextResponse(_GONE, 404, _SECURITY)
    headers = _SECURITY | {"cache-control": caching}
    if path == "" and release.has_site:
        return RedirectResponse(f"/{SITE}/{INDEX}", 307, _SECURITY | {"cache-control": _ASK_FIRST})
    if path.endswith("/"):
        path += INDEX
    etag = release.etags.get(path)
    if etag is None:
        if f"{path}/{INDEX}" in release.etags:
            return RedirectResponse(f"/{path}/", 307, headers)
        page = f"{SITE}/{NOT_FOUND}"
        if path.startswith(f"{SITE}/") and path.endswith(".html") and page in release.etags:
            return FileResponse(release.folder / page, 404, headers | {"cache-control": "no-store"}, "text/html")
        return PlainTextResponse(_not_found(release, path), 404, headers)
    headers |= {"etag": etag, "x-eduplan-release": release.release_id}
    if _is_known(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    file = release.folder / path
    if not file.is_file():  # old releases are removed, and this one may be known from before
        return PlainTextResponse(_GONE, 404, _SECURITY)
    media_type = MEDIA_TYPES.get(Path(path).suffix, "application/octet-stream")
    return FileResponse(file, headers=headers, media_type=media_type)


def _is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the reader has the file already."""
    if if_none_match is None:
        return False
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in known or "*" in known


def _not_found(release: ServedRelease, path: str) -> str:
    if path in ("", INDEX) and not release.has_site:
        return (
            f"Release {release.release_id} has no site; it was published by an earlier version. "
            "Publish again: eduplan run\n"
        )
    return f"Release {release.release_id} has no file of that name.\n"
