"""Fingerprint of what a release looks like: templates, sheets, scripts, and the code that fills them.

Belongs here: which files that is. Does not belong here: figures and their texts
(:mod:`eduplan.release.manifest`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from eduplan.errors import EnvironmentFault
from eduplan.project import Project
from eduplan.site.assets import site_sources
from eduplan.warehouse.fingerprints import digest

_CODE = ("bulletin", "site", "words")
_BUNDLE = "bundle"
"""Folder that vendored scripts are built in; no page loads anything from it."""


def looks(project: Project) -> str:
    """Fingerprint of everything but figures that site and bulletin are made of.

    Args:
        project: Says where the templates lie; without any, the code alone counts.
    """
    program = Path(__file__).resolve().parents[1]
    files = [(program, path) for name in _CODE for path in sorted((program / name).rglob("*.py"))]
    try:
        sources = site_sources(project)
    except EnvironmentFault:
        sources = None
    if sources:
        files += [
            (sources, path)
            for path in sorted(sources.rglob("*"))
            if path.is_file() and path.relative_to(sources).parts[0] != _BUNDLE
        ]
    hashes = (hashlib.sha256(path.read_bytes()).hexdigest() for _, path in files)
    return digest(*zip((path.relative_to(base).as_posix() for base, path in files), hashes, strict=True))
