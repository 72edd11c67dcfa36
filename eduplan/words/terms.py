"""The words of the scorecard in both languages.

Belongs here: headings and status words. Does not belong here: names of indicators; those come from the declarations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from eduplan.indicators.severity import WORST_FIRST
from eduplan.words.language import Language
from eduplan.words.text import Text

WORDS: dict[str, dict[Language, str]] = {
    "scorecard": {"en": "Scorecard", "zh": "规划实施计分卡"},
    "indicator": {"en": "Indicator", "zh": "指标"},
    "code": {"en": "Code", "zh": "代码"},
    "value": {"en": "Value", "zh": "数值"},
    "target": {"en": "Target", "zh": "目标"},
    "path": {"en": "Path", "zh": "进度线"},
    "status": {"en": "Status", "zh": "状态"},
    "coverage": {"en": "Cover", "zh": "覆盖率"},
    "districts": {"en": "Districts", "zh": "各区"},
    "from_left": {"en": "Districts from left to right: {names}", "zh": "各区自左至右：{names}"},
    "whole_city": {"en": "City", "zh": "全市"},
    "unit": {"en": "Unit", "zh": "单位"},
    "interval": {"en": "95 % interval", "zh": "95% 区间"},
    "years": {"en": "Year by year", "zh": "历年"},
    "year": {"en": "Year", "zh": "年度"},
    "numerator": {"en": "Numerator", "zh": "分子"},
    "denominator": {"en": "Denominator", "zh": "分母"},
    "source": {"en": "Source", "zh": "来源"},
    "batches": {"en": "Batches and files", "zh": "数据批次与文件"},
    "file": {"en": "File", "zh": "文件"},
    "rule": {"en": "Rule", "zh": "规则"},
    "column": {"en": "Column", "zh": "字段"},
    "rows": {"en": "Rows", "zh": "行数"},
    "severity": {"en": "Severity", "zh": "级别"},
    "worst_of": {"en": "worst of {number}: {part}", "zh": "{number} 项中最弱：{part}"},
    "files": {"en": "Files", "zh": "文件数"},
    "all_files": {"en": "--json lists every file with its hash", "zh": "--json 列出每个文件及其哈希值"},
    "part": {"en": "Part", "zh": "分组"},
    "period": {"en": "Period", "zh": "期间"},
    "hash": {"en": "SHA-256", "zh": "SHA-256"},
    "sender": {"en": "Sender", "zh": "报送单位"},
    "read": {"en": "Read", "zh": "读入"},
    "staged": {"en": "Staged", "zh": "入库"},
    "quarantined": {"en": "Quarantined", "zh": "待修"},
    "release": {"en": "Release", "zh": "发布版本"},
    "commitments_of_plan": {"en": "Commitments of the plan", "zh": "规划承诺进展"},
    "chapter": {"en": "Chapter", "zh": "篇章"},
    "commitment": {"en": "Commitment", "zh": "承诺"},
    "commitments": {"en": "Commitments", "zh": "承诺数"},
    "of_commitments": {"en": "commitments", "zh": "项承诺"},
    "due": {"en": "Due", "zh": "期限"},
    "every_year": {"en": "every year", "zh": "每年"},
    "decided_by": {"en": "Decided by", "zh": "判断依据"},
    "office": {"en": "Office", "zh": "责任科室"},
    "promised": {"en": "Promised", "zh": "规划目标"},
    "task": {"en": "Task", "zh": "任务"},
    "note": {"en": "Note", "zh": "说明"},
    "sum": {"en": "The sum", "zh": "算式"},
    "answers_for": {"en": "Answers for", "zh": "回应承诺"},
    "waits_for": {"en": "Not computed yet; waits for", "zh": "尚未计算，待"},
    "stated": {"en": "Stated by the plan", "zh": "规划所述"},
    "counted": {"en": "counted here", "zh": "本库统计"},
    "doubtful": {"en": "doubtful", "zh": "存疑"},
    "failing": {"en": "Missing", "zh": "未达标单位"},
    "weighted": {"en": "Weighted by", "zh": "权重"},
    "own_target": {"en": "a value of its own", "zh": "单列目标值"},
    "and_more": {"en": "and {number} more in plan.failing_units", "zh": "等，另有 {number} 个见 plan.failing_units"},
}

WORDS |= {
    "released_at": {"en": "Made at", "zh": "发布时间"},
    "state": {"en": "State", "zh": "状态"},
    "in_force": {"en": "in force", "zh": "现行"},
    "official": {"en": "official", "zh": "正式"},
    "indicators": {"en": "Indicators", "zh": "指标数"},
    "tables": {"en": "Tables", "zh": "表数"},
    "size_mb": {"en": "MB", "zh": "兆字节"},
    "reason": {"en": "Published for", "zh": "用途"},
    "table": {"en": "Table", "zh": "表"},
    "old": {"en": "Old", "zh": "原"},
    "new": {"en": "New", "zh": "新"},
    "change": {"en": "Change", "zh": "变化"},
    "area": {"en": "Area", "zh": "地区"},
    "cause": {"en": "Cause", "zh": "原因"},
    "columns_changed": {"en": "Columns that differ", "zh": "字段变化"},
    "rows_changed": {"en": "Tables with another number of rows", "zh": "行数变化的表"},
    "definitions": {"en": "Definitions that differ", "zh": "定义变化"},
    "values": {"en": "Values revised or withdrawn", "zh": "修订与撤回的数值"},
    "values_revised": {"en": "Revised values", "zh": "修订数值"},
    "values_added": {"en": "Values added", "zh": "新增数值"},
    "values_withdrawn": {"en": "Values withdrawn", "zh": "撤回数值"},
    "cause_definition": {"en": "by definition", "zh": "定义变更"},
    "cause_disclosure": {"en": "by disclosure control", "zh": "披露控制"},
    "cause_batches": {"en": "by files", "zh": "数据文件"},
    "cause_declarations": {"en": "by declarations or program", "zh": "声明或程序变更"},
    "no_difference": {"en": "Nothing differs.", "zh": "无差异。"},
    "diff_more": {
        "en": "{shown} of {all}; --limit 0 shows all, --json as data",
        "zh": "共 {all} 条，显示 {shown} 条；--limit 0 显示全部，--json 输出数据",
    },
}

CHANGES: dict[str, dict[Language, str]] = {
    "added": {"en": "added", "zh": "新增"},
    "removed": {"en": "removed", "zh": "删除"},
    "retyped": {"en": "retyped", "zh": "类型变更"},
    "new version": {"en": "new version", "zh": "新版本"},
    "arrived": {"en": "arrived", "zh": "新到"},
    "replaced": {"en": "replaced", "zh": "替换"},
    "read anew": {"en": "read anew", "zh": "重新读入"},
    "withdrawn": {"en": "withdrawn", "zh": "撤回"},
}


SEVERITIES: dict[str, Text] = {
    "critical": Text("critical", "严重"),
    "error": Text("error", "错误"),
    "warning": Text("warning", "警告"),
}
"""How grave it is that a check fails, the gravest first."""


class Sign(NamedTuple):
    """How a status looks: its word in both languages, a symbol that needs no colour, and a colour."""

    en: str
    zh: str
    symbol: str
    style: str

    def word(self, lang: Language) -> str:
        """The word in a language."""
        return self.zh if lang == "zh" else self.en


SIGNS: dict[str, Sign] = {
    "met": Sign("met", "已达成", "✔", "bold green"),
    "on_track": Sign("on track", "正常推进", "●", "green"),
    "at_risk": Sign("at risk", "存在风险", "▲", "yellow"),
    "off_track": Sign("off track", "偏离进度", "▼", "red"),
    "missed": Sign("missed", "未达成", "✘", "bold red"),
    "insufficient_data": Sign("insufficient data", "数据不足", "?", "magenta"),
    "no_judgement": Sign("not judged", "不作评价", "–", "dim"),
    "task": Sign("by task", "任务回应", "◇", "cyan"),
    "context": Sign("context", "背景指标", "·", "dim"),
}


def worst(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The row whose status is the worst; the first of several."""
    order = {status: place for place, status in enumerate(WORST_FIRST)}
    return min(rows, key=lambda row: order.get(row["status"], len(order)))


def weakest(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The worst of several parts of one target; of those that are equally bad, the one with the least in hand."""
    order = {status: place for place, status in enumerate(WORST_FIRST)}
    return min(rows, key=lambda row: (order.get(row["status"], len(order)), _in_hand(row)))


def _in_hand(row: dict[str, Any]) -> float:
    """How far a value is beyond its target, or its path for a step; nothing is known of what has neither."""
    sign = {"up": 1, "down": -1}.get(row.get("direction") or "", row.get("sign") or 0)
    return sign * (row.get("gap") or 0)


def word(key: str, lang: Language) -> str:
    """A word of the command line in a language."""
    return WORDS[key][lang]


def sign(status: str | None) -> Sign:
    """The look of a status; one that is not known shows as it is written."""
    if status is None:
        return SIGNS["context"]
    known = SIGNS.get(status)
    return known or Sign(status.replace("_", " "), status, "·", "dim")


TIERS: dict[str, dict[Language, str]] = {
    "measurable": {"en": "measurable", "zh": "可量化"},
    "programme": {"en": "programme register", "zh": "项目台账"},
    "evidence": {"en": "evidence file", "zh": "佐证材料"},
}
COMMITMENT_TYPES: dict[str, dict[Language, str]] = {
    "quantified_target": {"en": "quantified target", "zh": "量化目标"},
    "coverage_target": {"en": "coverage target", "zh": "覆盖目标"},
    "system": {"en": "system to be built", "zh": "体系建设"},
    "mechanism": {"en": "mechanism", "zh": "机制"},
    "programme": {"en": "programme", "zh": "项目"},
    "state_at_start": {"en": "state when the plan began", "zh": "基期状况"},
    "system_in_place": {"en": "system in place when the plan began", "zh": "基期已有体系"},
    "mechanism_in_place": {"en": "mechanism in place when the plan began", "zh": "基期已有机制"},
    "programme_in_place": {"en": "programme in place when the plan began", "zh": "基期已有项目"},
}
EVIDENCE: dict[str, dict[Language, str]] = {
    "plan": {"en": "plan", "zh": "规划"},
    "national": {"en": "national", "zh": "国家"},
    "own": {"en": "own", "zh": "自定"},
}
SOURCE_EVIDENCE: dict[str, dict[Language, str]] = {
    "found": {"en": "read in a copy of the source", "zh": "见于来源文本"},
    "recalled": {"en": "recalled, to be checked against the source", "zh": "据通识，待核对原文"},
    "seed": {"en": "defined by the plan", "zh": "规划原文界定"},
    "own design": {"en": "own design", "zh": "自行设计"},
}


def in_brackets(text: str, lang: Language) -> str:
    """A text in the brackets of the language, with the space before them that it needs."""
    return f"（{text}）" if lang == "zh" else f" ({text})"


def colon(lang: Language) -> str:
    """The colon of the language, with the space after it that it needs."""
    return "：" if lang == "zh" else ": "
