"""Files of one source are staged together, and each comes out as if it stood alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eduplan.landing.arrivals import find_arrivals
from eduplan.staging import crew, stage, work
from eduplan.staging.crew import bundles
from eduplan.staging.work import Job
from tests.unit.staging.conftest import (
    ROLL_HEADER,
    SCREENING_HEADER,
    Bureau,
    identity_number,
    roll_row,
    screening_row,
)

OTHER_LABELS = ROLL_HEADER.replace("学校标识码", "学校代码").replace("身份证件号", "公民身份号码")


def everything(bureau: Bureau) -> dict[str, Any]:
    """All that a load leaves behind, but for times and the fingerprints of contracts."""
    batches = "source, period, sender, path, sha256, status, message, file_format, encoding, rows_read, rows_staged, "
    batches += "rows_quarantined, rows_duplicate, rows_dropped, records_staged, cells_repaired"
    asked = {
        "batches": f"select {batches} from landing.batches order by all",
        "repairs": "from landing.repairs order by all",
        "findings": "from landing.findings order by all",
        "roll": "from staging.pupil_roll order by batch_id, row_number",
        "screening": "from staging.health_screening order by batch_id, row_number",
        "census": "from staging.school_census order by all",
        "quarantine": "from staging.quarantine order by all",
    }
    return {name: bureau.ask(query) for name, query in asked.items()}


def load_in_all_ways(bureau: Bureau, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], list[str]]:
    """Loads what was sent file by file, copied together, and together where it lies; asserts that nothing differs."""
    lines = [problem.line for problem in bureau.load().problems]
    found = everything(bureau)
    for name, limits in {"in_place": (work, "SMALL_BYTES", -1), "alone": (crew, "BUNDLE_FILES", 1)}.items():
        (folder / name).mkdir()
        other = Bureau(folder / name)
        for path in bureau.project.raw.rglob("*"):
            if path.is_file():
                target = other.project.raw / path.relative_to(bureau.project.raw)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
        with monkeypatch.context() as patch:
            patch.setattr(*limits)
            assert [problem.line for problem in other.load().problems] == lines
        assert everything(other) == found
        other.connection.close()
    return found, lines


def folder_of(tmp_path: Path, name: str = "other") -> Path:
    folder = tmp_path / name
    folder.mkdir()
    return folder


def test_files_with_every_kind_of_defect_come_out_as_if_they_stood_alone(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roll = "pupil_roll/2024-25"
    register = "学校标识码,学校名称,办学类型,举办者,所属区划代码,城乡分类代码"
    bureau.send(
        "school_register/2024-25/a.csv", register, "2199000001,某小学,小学,教育部门,990101,111",
    )  # fmt: skip
    bureau.send(f"{roll}/990101_roll.csv", ROLL_HEADER, *(roll_row(each) for each in range(1, 40)))
    bureau.send(f"{roll}/990102_roll.csv", "某区学籍表", "", OTHER_LABELS, roll_row(41), OTHER_LABELS, roll_row(42))
    bureau.send(f"{roll}/990103_roll.csv", ROLL_HEADER, roll_row(51), roll_row(51), roll_row(52, sex="？"), "合计,3")
    bureau.send(f"{roll}/990104_roll.csv", ROLL_HEADER, roll_row(61), f'"{roll_row(62)}', roll_row(63))
    bureau.send(
        f"{roll}/990105_roll.csv", ROLL_HEADER, roll_row(71, name='"某\n某"'), roll_row(72, school="2199000009")
    )
    bureau.send(f"{roll}/990106_roll.csv", ROLL_HEADER, roll_row(81, grade="--"), encoding="gb18030")
    bureau.send(f"{roll}/990107_roll.tsv", *(line.replace(",", "\t") for line in (ROLL_HEADER, roll_row(91))),
                encoding="utf-16")  # fmt: skip
    bureau.send(f"{roll}/990108_roll.csv", ROLL_HEADER)
    bureau.send(f"{roll}/990109_roll.csv", "学校标识码,姓名", "2199000001,某某")
    bureau.send("pupil_roll/2023-24/990101_roll.csv", ROLL_HEADER, roll_row(1), roll_row(2, school="2199000009"))
    found, lines = load_in_all_ways(bureau, folder_of(tmp_path), monkeypatch)
    assert len(found["roll"]) > 40
    assert {row[-4] for row in found["quarantine"]} >= {"V01"}
    assert len(lines) == 1
    assert "990109_roll.csv: V01: required columns are missing" in lines[0]


def test_acuities_are_read_on_the_scale_of_their_own_file(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file writes five marks, the other decimals; a row on the other scale is set apart in each."""
    decimal = {"right": "1.0", "left": "0.8"}
    season = "health_screening/2024-25-autumn"
    rows = [screening_row(each) for each in range(1, 6)]
    bureau.send(f"{season}/990101_eyes.csv", SCREENING_HEADER, *rows, screening_row(9, **decimal))
    rows = [screening_row(each, **decimal) for each in range(11, 16)]
    bureau.send(f"{season}/990102_eyes.csv", SCREENING_HEADER, *rows, screening_row(19))
    found, _ = load_in_all_ways(bureau, folder_of(tmp_path), monkeypatch)
    assert len(found["screening"]) == 10
    assert [rows for _, rule, *_, rows in found["findings"] if rule == "V23"] == [1, 1, 1, 1]


def test_a_person_on_two_rolls_is_no_duplicate_of_either_file(bureau: Bureau) -> None:
    for serial, sender in ((2, "990101"), (3, "990102")):
        rows = (roll_row(1), roll_row(1), roll_row(serial))
        bureau.send_roll(*rows, path=f"pupil_roll/2024-25/{sender}_roll.csv")
    bureau.load()
    assert bureau.account("pupil_roll")[1:] == (4, 0, 2, 0)


def test_wide_files_of_one_layout(bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = "学校标识码,一年级男生,一年级女生,二年级男生,二年级女生,合计"
    for place, sender in enumerate(("990101", "990102", "990103")):
        rows = (f"219900000{place},1{place},12,3,4,{29 + place}", f"219900001{place},1,1,1,1,5", "2199000029,,,,,0")
        bureau.send(f"school_census/2024-25/{sender}.csv", header, *rows, f"合计,{place},1,1,1,4")
    found, lines = load_in_all_ways(bureau, folder_of(tmp_path), monkeypatch)
    assert lines == []
    assert len(found["census"]) == 3 * 4
    assert bureau.account("school_census") == (12, 6, 3, 0, 3)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(["good", "copy", "other", "no_grade", "bad_identity", "total", "blank", "footer"]),
                st.integers(1, 5),
            ),
            max_size=8,
        ),
        min_size=2,
        max_size=5,
    )
)
def test_any_files_come_out_as_if_they_stood_alone(
    tmp_path_factory: pytest.TempPathFactory, bureau: Bureau, files: list[list[tuple[str, int]]]
) -> None:
    lines = {
        "good": roll_row,
        "copy": roll_row,
        "other": lambda serial: roll_row(serial, class_name="9班"),
        "no_grade": lambda serial: roll_row(serial, grade="--"),
        "bad_identity": lambda serial: roll_row(serial, identity=identity_number(serial)[:-1] + "Y"),
        "total": lambda serial: f"合计,{serial},,,,,,,,",
        "blank": lambda _: " ,,,,,,,,,",
        "footer": lambda _: "审核人：某某,,,,,,,,,",
    }
    with pytest.MonkeyPatch.context() as patch:
        first = Bureau(tmp_path_factory.mktemp("together"))
        for place, rows in enumerate(files):
            first.send(f"pupil_roll/2024-25/99010{place}_roll.csv", ROLL_HEADER, *(lines[kind](n) for kind, n in rows))
        load_in_all_ways(first, tmp_path_factory.mktemp("alone"), patch)
        first.connection.close()


def test_bundles_are_of_one_source_and_stay_small(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in range(5):
        bureau.send_roll(roll_row(place), path=f"pupil_roll/2024-25/99010{place}_roll.csv")
    bureau.send_roll(*(roll_row(each) for each in range(1, 30)), path="pupil_roll/2024-25/990199_roll.csv")
    bureau.send_screening(screening_row(1))
    contracts = bureau.contracts
    jobs = [
        Job(contracts[each.source], each)
        for each in sorted(find_arrivals(bureau.project, contracts).arrivals, key=lambda each: each.source)
    ]
    monkeypatch.setattr(work, "SMALL_BYTES", 1000)
    monkeypatch.setattr(crew, "BUNDLE_FILES", 3)
    made = bundles(jobs)
    assert sorted(len(each) for each in made) == [1, 1, 2, 3]
    assert all(len({job.contract.source for job in each}) == 1 for each in made)
    assert made[0][0].arrival.path.name == "990199_roll.csv"


def test_large_files_are_read_where_they_lie(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "SMALL_BYTES", -1)
    read: list[list[int]] = []
    split = stage._Reading._split

    def noted(reading: stage._Reading) -> Any:
        found = split(reading)
        assert found is not None
        read.append(list(found.first_rows))
        return found

    monkeypatch.setattr(stage._Reading, "_split", noted)
    for sender in ("990101", "990102", "990103"):
        rows = [roll_row(serial) for serial in range(int(sender[-1]) * 10, int(sender[-1]) * 10 + 5)]
        bureau.send_roll(*rows, path=f"pupil_roll/2024-25/{sender}_roll.csv")
    bureau.load()
    assert read == [[0, 5, 10]]
    numbers = bureau.ask("select sender, list(row_number order by row_number) from staging.pupil_roll group by all")
    assert sorted(numbers) == [(sender, [2, 3, 4, 5, 6]) for sender in ("990101", "990102", "990103")]
