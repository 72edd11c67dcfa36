"""A project with a few contracts, and files laid out below its raw folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eduplan.declarations.contracts import Contract
from eduplan.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose largest file is one megabyte."""
    settings = 'city_code: "990100"\ncity_name: {en: Demo City, zh: 示范市}\nlargest_file_mb: 1\n'
    (tmp_path / "eduplan.yml").write_text(settings, encoding="utf-8")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return Project.load(tmp_path)


@pytest.fixture
def put(project: Project) -> Callable[..., Path]:
    """Writes a file below the raw folder."""

    def write(relative: str, content: bytes = b"a,b\n1,2\n") -> Path:
        path = project.raw / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def contract() -> Callable[..., Contract]:
    """Makes a contract by source, ways to recognise its files, and period."""

    def make(source: str, files: list[dict[str, Any]], period: dict[str, Any], **more: Any) -> Contract:
        return Contract.model_validate(
            {
                "source": source,
                "title": {"en": source, "zh": source},
                "owner": {"en": "Office", "zh": "科"},
                "privacy": "public",
                "files": files,
                "period": period,
                "columns": [{"name": "code", "type": "text"}],
                "key": ["code"],
                **more,
            }
        )

    return make
