"""What ``eduplan run`` says of a night, in both languages."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import Result

import eduplan.night
from eduplan.accounts import SourceAccount
from eduplan.cli import bars
from eduplan.cli.bars import Bars
from eduplan.errors import InputError
from eduplan.night import NightReport
from eduplan.words.language import Language
from eduplan.words.night import HEADINGS, TASKS, closing_lines, task_text

ENGINE = Path(eduplan.night.__file__).parent
CHINESE = re.compile(r"[一-鿿]")


def titles() -> Iterator[str]:
    """What the engine calls its tasks, with a word for whatever it fills in."""
    for path in sorted(ENGINE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "task":
                title = node.args[0]
                if isinstance(title, ast.JoinedStr):
                    yield "".join(part.value if isinstance(part, ast.Constant) else "x" for part in title.values)
                elif isinstance(title, ast.Constant):
                    yield title.value


def test_every_task_of_the_engine_has_a_chinese_name() -> None:
    found = list(titles())
    assert len(found) >= 7
    assert [title for title in found if not CHINESE.search(task_text(title, "zh"))] == []
    assert [task_text(title, "en") for title in found] == found


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Loading 12 sources", "读入 12 个数据源"),
        ("Loading division, school_register", "读入 division, school_register"),
        ("Building tables", "生成数据表"),
        ("Counting sheep", "Counting sheep"),
    ],
)
def test_tasks_in_chinese(title: str, said: str) -> None:
    assert task_text(title, "zh") == said


@pytest.mark.parametrize(("lang", "line"), [("en", "Building tables: 0.0 s\n"), ("zh", "生成数据表：0.0 秒\n")])
def test_a_task_that_took_long_leaves_a_line(lang: Language, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "WORTH_A_LINE_SECONDS", 0.0)
    told = io.StringIO()
    with Bars(Console(file=told), lang) as shown, shown.task("Building tables", 3):
        pass
    assert told.getvalue() == line


REPORT = {
    "files_loaded": 3,
    "tables_built": 20,
    "indicators_computed": 7,
    "seconds": {"land": 1.0, "stage": 0.26},
    "checks": {"all": 40, "ran": 40, "critical": 0, "error": 1, "warning": 2},
    "release_id": "2026-11-28T020000-1a2b3c4d",
}


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            [
                "3 files loaded, 20 tables built, 7 indicators computed in 1.3 s",
                "40 checks, 1 error, 2 warning failed; see them with: "
                "eduplan sql 'from about.checks where not success'",
                "Released 2026-11-28T020000-1a2b3c4d. Look at it with: eduplan status",
            ],
        ),
        (
            "zh",
            [
                "读入 3 个文件，生成 20 张表，计算 7 项指标，用时 1.3 秒",
                "40 项检查，未通过：错误 1 项、警告 2 项；查看：eduplan sql 'from about.checks where not success'",
                "已发布 2026-11-28T020000-1a2b3c4d。查看：eduplan status",
            ],
        ),
    ],
)
def test_a_night_is_summed_up(lang: Language, said: list[str]) -> None:
    assert closing_lines(NightReport(**REPORT, is_new_release=True), lang) == said


@pytest.mark.parametrize(
    ("lang", "held", "stopped"),
    [
        ("en", "40 checks, none failed", "Nothing was released; the last release stands."),
        ("zh", "40 项检查全部通过", "未发布新版本，上一发布版本仍然有效。"),
    ],
)
def test_a_night_that_was_stopped_says_what_stands(lang: Language, held: str, stopped: str) -> None:
    checks = dict.fromkeys(("critical", "error", "warning"), 0) | {"all": 40}
    report = NightReport(**{**REPORT, "checks": checks}, stopped_by=InputError("no", where="x"))
    assert closing_lines(report, lang)[1:] == [held, stopped]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_speaks_the_language_it_is_asked_for(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, lang: Language
) -> None:
    report = NightReport(**REPORT, is_new_release=True, notices=["a file"])
    report.sources = [SourceAccount("division", 1, 2, 3, 4, 5, 6, 7)]
    monkeypatch.setattr(eduplan.night, "run_night", lambda *_, **__: report)
    shown = run("run", "--lang", lang)
    assert shown.exit_code == 0, shown.stderr
    assert all(heading.of(lang) in shown.stdout for heading in HEADINGS)
    assert closing_lines(report, lang)[0] in shown.stdout
    assert bool(CHINESE.search(shown.stdout + shown.stderr)) == (lang == "zh")


def test_every_text_of_a_task_fills_in_the_same() -> None:
    for task in TASKS:
        assert set(re.findall(r"{\w+}", task.en)) == set(re.findall(r"{\w+}", task.zh))
