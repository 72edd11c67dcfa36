"""What a night takes, and what it says of itself."""

from __future__ import annotations

import pytest

from eduplan.declarations.contracts import Contract, Severity
from eduplan.errors import CheckFailure, EduplanError, EnvironmentFault, ExitCode, InputError
from eduplan.landing.arrivals import Arrivals, Problem
from eduplan.night import NightReport, Wanted

CONTRACTS = {
    source: Contract.model_validate(
        {
            "source": source,
            "title": {"en": source, "zh": source},
            "owner": {"en": "Office", "zh": "科"},
            "privacy": "public",
            "files": [{"folder": source}],
            "period": {"kind": "school_year", "from": "folder"},
            "columns": [{"name": "code", "type": "text"}],
            "key": ["code"],
        }
    )
    for source in ("pupils", "schools")
}


def problem(file: str, source: str | None = None) -> Problem:
    return Problem(file, "what", "remedy", Severity.ERROR, source)


@pytest.mark.parametrize(
    ("problems", "stopped", "code"),
    [
        ([], None, ExitCode.OK),
        ([InputError("a")], None, ExitCode.INPUT),
        ([InputError("a"), EnvironmentFault("no key")], None, ExitCode.ENVIRONMENT),
        ([InputError("a"), EnvironmentFault("no key")], CheckFailure("c"), ExitCode.CHECKS),
    ],
)
def test_the_exit_code_is_that_of_what_stopped_the_night(
    problems: list[EduplanError], stopped: EduplanError | None, code: ExitCode
) -> None:
    assert NightReport(problems=problems, stopped_by=stopped).exit_code is code


def test_a_report_is_stable_for_scripts() -> None:
    record = NightReport(problems=[InputError("it is empty", where="a.csv")], seconds={"land": 0.12345}).as_record()
    assert record["exit_code"] == 4
    assert record["problems"] == ["a.csv: it is empty"]
    assert record["seconds"] == {"land": 0.123}


def test_a_chosen_source_has_its_own_problems_alone() -> None:
    found = Arrivals([], [problem("pupils/x/a.csv"), problem("schools/x/a.csv"), problem("b.csv", "schools")])
    of_schools = Wanted(frozenset({"schools"})).among(found, CONTRACTS)
    assert [each.file for each in of_schools.problems] == ["schools/x/a.csv", "b.csv"]
    assert len(Wanted().among(found, CONTRACTS).problems) == 3
