"""A judgement in words: the sum that somebody can redo by hand, and why the verdict is what it is.

Belongs here: texts about one row of ``plan.status``. Does not belong here: making the verdict (``eduplan.indicators``).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from eduplan.words.language import Language
from eduplan.words.numbers import number, plain_number
from eduplan.words.rounding import decimals_of

Row = dict[str, Any]

_OF_A_CHANGE = 2
"""Decimals of a change."""

REASONS: dict[str, dict[Language, str]] = {
    "baseline_year": {"en": "baseline year, nothing to judge yet", "zh": "基期年份，暂不评价"},
    "not_applicable": {"en": "nothing to divide by", "zh": "分母为零，不适用"},
    "no_value": {"en": "no value was reported", "zh": "未报送数值"},
    "low_coverage": {"en": "too few units reported", "zh": "已报单位不足"},
    "no_baseline": {"en": "no trusted value to start the path from", "zh": "无可信基数"},
    "no_previous_year": {"en": "no value of the year before", "zh": "缺上年数值"},
    "no_value_at_deadline": {"en": "no value in the year of the deadline", "zh": "截止年份无数值"},
    "meets_target": {"en": "reaches the target", "zh": "达到目标"},
    "reached_early": {"en": "reaches the target before its deadline", "zh": "提前达到目标"},
    "fails_target": {"en": "does not reach the target", "zh": "未达到目标"},
    "on_path": {"en": "on the path or better", "zh": "不低于进度线"},
    "near_path": {"en": "off the path, within the tolerance", "zh": "偏离进度线，在容差内"},
    "off_path": {"en": "off the path by more than the tolerance", "zh": "偏离进度线超过容差"},
    "both_tests_passed": {"en": "both tests passed", "zh": "两项检验均通过"},
    "yearly_test_failed": {"en": "the yearly test failed", "zh": "逐年检验未通过"},
    "cumulative_test_failed": {"en": "the cumulative test failed", "zh": "累计检验未通过"},
    "both_tests_failed": {"en": "both tests failed", "zh": "两项检验均未通过"},
    "improved": {"en": "better than at the start", "zh": "优于基期"},
    "unchanged": {"en": "the same as at the start", "zh": "与基期持平"},
    "worse": {"en": "worse than at the start", "zh": "劣于基期"},
    "not_improved": {"en": "not better than at the start", "zh": "未优于基期"},
    "answered_by_task": {"en": "a task answers for it", "zh": "由任务回应"},
    "not_computed": {"en": "its indicators wait for their sources", "zh": "所属指标待数据来源"},
    "no_target": {"en": "its indicators have no target", "zh": "所属指标未设目标"},
}

_STANDS = {"en": "the verdict of {year} stands: ", "zh": "以 {year} 年的判定为准："}
_PATH = {"en": "path of the year {path}", "zh": "当年进度线 {path}"}
_STEP = {
    "en": "{change} since last year, {yearly}; {total} since {base}, at least {asked} asked, {cumulative}",
    "zh": "较上年 {change}，{yearly}；较 {base} 年 {total}，须至少 {asked}，{cumulative}",
}
_TESTS: dict[bool | None, dict[Language, str]] = {
    True: {"en": "passed", "zh": "通过"},
    False: {"en": "failed", "zh": "未通过"},
    None: {"en": "cannot be tested", "zh": "无法检验"},
}
_MISSING = {
    "en": "{numerator} of {denominator}, {missing} missing",
    "zh": "应有 {denominator}，已有 {numerator}，缺 {missing}",
}
_START = {"en": "{value} after {base} in {year}", "zh": "{year} 年 {base}，现 {value}"}
_WITHHELD = {"en": "a figure that is not published", "zh": "不公布的数值"}


def reason_text(reason: str, lang: Language) -> str:
    """A reason in words; one that is not known shows as it is written."""
    known = REASONS.get(reason)
    return known[lang] if known else reason.replace("_", " ")


def value_text(row: Row) -> str:
    """The division behind a value: ``470 × 100 / 500 = 94.00``; ``≈ 94`` where it is told in fewer decimals."""
    value = _rounded(row, "obs_value")
    is_fewer = decimals_of(row, row["indicator_decimals"]) < row["indicator_decimals"]
    numerator, denominator = row["numerator"], row["denominator"]
    if numerator is None or denominator is None or row["indicator_kind"] not in ("ratio", "cohort", "mean"):
        return f"≈ {value}" if is_fewer else value
    scale = f" × {row['scale']}" if row["scale"] != 1 else ""
    return f"{exact(numerator)}{scale} / {exact(denominator)} {'≈' if is_fewer else '='} {value}"


def sum_text(row: Row, lang: Language) -> str:
    """The sum behind a verdict, from the components that are stored with it.

    Args:
        row: A row of ``plan.status`` with ``sign`` of its target, ``scale``, ``indicator_decimals`` and
            ``indicator_kind`` of its indicator, and with ``at_deadline`` where the deadline is past.
        lang: Language of the words.
    """
    reason = reason_text(row["reason"], lang)
    stop = "；" if lang == "zh" else "; "
    at_deadline = row.get("at_deadline")
    if at_deadline:
        dictionary = {name: row[name] for name in ("sign", "scale", "indicator_decimals", "indicator_kind")}
        stands = _STANDS[lang].format(year=row["deadline"])
        return stands + sum_text({**at_deadline, **dictionary}, lang)
    if row["status"] in ("insufficient_data", "no_judgement"):
        return reason
    if row["obs_value"] is None:  # judged, so it was known: a release does not tell it
        return f"{_WITHHELD[lang]}{stop}{reason}"
    return f"{_components(row, lang)}{stop}{reason}"


def _components(row: Row, lang: Language) -> str:
    if row["kind"] == "step":
        return _STEP[lang].format(
            change=_signed(row, row["yearly_change"]),
            yearly=_TESTS[row["yearly_test"]][lang],
            total=_signed(row, row["cumulative_change"]),
            base=row["baseline_year"],
            asked=_asked(row),
            cumulative=_TESTS[row["cumulative_test"]][lang],
        )
    if row["kind"] == "full_coverage" and row["numerator"] is not None and row["denominator"] is not None:
        missing = row["denominator"] - row["numerator"]
        return _MISSING[lang].format(
            numerator=exact(row["numerator"]), denominator=exact(row["denominator"]), missing=exact(missing)
        )
    if row["kind"] == "direction":
        value, base = (
            _WITHHELD[lang] if row[name] is None else _rounded(row, name) for name in ("obs_value", "baseline_value")
        )
        return _START[lang].format(value=value, base=base, year=row["baseline_year"])
    text = f"{value_text(row)} {_relation(row)}"
    if row["reason"] in ("on_path", "near_path", "off_path") and row["path_value"] is not None:
        path = _PATH[lang].format(path=_rounded(row, "path_value"))
        text += f"{'，' if lang == 'zh' else ', '}{path}"
    return text


def _relation(row: Row) -> str:
    """How the value stands to its target: ``≥ 94`` or ``< 94``."""
    if row["kind"] == "range":
        inside = "∈" if row["status"] == "met" else "∉"
        return f"{inside} [{plain_number(row['target_value'])}, {plain_number(row['target_upper'])}]"
    signs = ("≤", ">") if row["sign"] < 0 else ("≥", "<")
    return f"{signs[0 if row['status'] == 'met' else 1]} {plain_number(row['target_value'])}"


def exact(value: Any) -> str:
    """A sum as it is, thousands set apart, without zeros that nobody reads."""
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded(row: Row, name: str) -> str:
    """A figure of a row in the decimals that it is told in."""
    said = "decimals" if name == "obs_value" else "compared_decimals"
    return number(row[name], decimals_of(row, row["indicator_decimals"], said))


def _asked(row: Row) -> str:
    """What the steps since the baseline add up to; from the promise, so that no rounded value blurs it."""
    if row["baseline_year"] is None:
        return "–"
    last = row["reference_year"] if row["deadline"] is None else min(row["reference_year"], row["deadline"])
    return _with_sign(row["sign"] * row["target_value"] * (last - row["baseline_year"]), _OF_A_CHANGE)


def _signed(row: Row, value: float | None) -> str:
    """A change with its sign and two decimals, or fewer where it is told in fewer."""
    declared = row["indicator_decimals"]
    told = decimals_of(row, declared, "compared_decimals")
    decimals = max(told, 0) if told < declared else _OF_A_CHANGE
    return "–" if value is None else _with_sign(value, decimals)


def _with_sign(value: float, decimals: int) -> str:
    return f"{value:+.{decimals}f}".replace("-", "−")
