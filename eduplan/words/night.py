"""What ``eduplan run`` says of a night while it works and when it is done.

Belongs here: the words. Does not belong here: the report that they tell of (``eduplan.night``), and faults and notices,
which name what they are about themselves.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eduplan.words.language import Language
from eduplan.words.terms import SEVERITIES
from eduplan.words.text import Text

if TYPE_CHECKING:
    from eduplan.night import NightReport

HEADINGS = (
    Text("source", "数据源"),
    Text("files", "文件"),
    Text("rows read", "读入行"),
    Text("staged", "入库"),
    Text("quarantined", "待修"),
    Text("duplicate", "重复"),
    Text("dropped", "剔除"),
    Text("cells repaired", "修复单元格"),
)
"""Columns of the account of the sources."""

NOTHING_CHANGED = Text(
    "Nothing changed since the last release; it stands as it is.", "自上次发布以来没有变化，现行发布版本不变。"
)
NOTE = Text("note: ", "提示：")

TASKS = (
    Text("Loading {number} sources", "读入 {number} 个数据源"),
    Text("Loading {names}", "读入 {names}"),
    Text("Building tables", "生成数据表"),
    Text("Computing indicators", "计算指标"),
    Text("Checking expectations", "执行检查"),
    Text("Protecting small counts", "保护小数值"),
    Text("Writing the site", "生成网站"),
    Text("Making the demo city", "生成示范市"),
)
"""What the engine calls its long tasks; it speaks English, and names in braces are filled in."""
_TOOK = Text("{task}: {seconds:.1f} s", "{task}：{seconds:.1f} 秒")

_DONE = Text(
    "{files} files loaded, {tables} tables built, {indicators} indicators computed in {seconds:.1f} s",
    "读入 {files} 个文件，生成 {tables} 张表，计算 {indicators} 项指标，用时 {seconds:.1f} 秒",
)
_ALL_HELD = Text("{all} checks, none failed", "{all} 项检查全部通过")
_FAILED = Text("{all} checks, {failed} failed", "{all} 项检查，未通过：{failed}")
_OF_A_SEVERITY = Text("{number} {severity}", "{severity} {number} 项")
_SEE_CHECKS = Text("; see them with: {command}", "；查看：{command}")
_RELEASED = Text("Released {release}. Look at it with: eduplan status", "已发布 {release}。查看：eduplan status")
_STANDS = Text(
    "The release {release} says the same already; it stands.", "现行发布版本 {release} 内容相同，无需重新发布。"
)
_STOPPED = Text("Nothing was released; the last release stands.", "未发布新版本，上一发布版本仍然有效。")
_CHECKS_COMMAND = "eduplan sql 'from about.checks where not success'"


def task_text(title: str, lang: Language) -> str:
    """A task of the engine in a language; one that is not known stands as it is called."""
    for task in TASKS:
        if found := re.fullmatch(_pattern(task.en), title):
            return task.of(lang).format(**found.groupdict())
    return title


def took_text(title: str, seconds: float, lang: Language) -> str:
    """That a task is done, and how long it took."""
    return _TOOK.of(lang).format(task=task_text(title, lang), seconds=seconds)


def closing_lines(report: NightReport, lang: Language) -> list[str]:
    """What was done, and where to look next."""
    checks, release = report.checks, report.release_id
    lines = [
        _DONE.of(lang).format(
            files=report.files_loaded,
            tables=report.tables_built,
            indicators=report.indicators_computed,
            seconds=sum(report.seconds.values()),
        )
    ]
    if checks:
        failed = (", " if lang == "en" else "、").join(
            _OF_A_SEVERITY.of(lang).format(number=checks[name], severity=severity.of(lang))
            for name, severity in SEVERITIES.items()
            if checks[name]
        )
        lines.append((_FAILED if failed else _ALL_HELD).of(lang).format(all=checks["all"], failed=failed))
        if failed and not report.stopped_by:
            lines[-1] += _SEE_CHECKS.of(lang).format(command=_CHECKS_COMMAND)
    if report.is_new_release:
        lines.append(_RELEASED.of(lang).format(release=release))
    elif release and not report.stopped_by:
        lines.append(_STANDS.of(lang).format(release=release))
    elif report.stopped_by:
        lines.append(_STOPPED.of(lang))
    return lines


def _pattern(template: str) -> str:
    """A regular expression of a template; a number is digits, and everything else what it likes."""
    kinds = {"number": r"\d+"}
    parts = re.split(r"\{(\w+)\}", template)
    return "".join(
        f"(?P<{part}>{kinds.get(part, '.+')})" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )
