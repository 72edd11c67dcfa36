"""How identity numbers and roll numbers are read (GB 11643; rules V05 and V06).

Belongs here: their forms, check characters and what spoils them. Does not belong here: the keys made from them
(:mod:`eduplan.staging.pseudonyms`).
"""

from __future__ import annotations

from eduplan.declarations.contracts import Column
from eduplan.staging.cells import Cell, Names, Reason, reason
from eduplan.staging.vocabulary import is_placeholder

CERTIFICATE_COLUMN = "certificate_type"
RESIDENT_CARD = "resident_card"


def known_key(column: Column) -> str:
    """The column that holds the key of a number which was read before in the same load."""
    return f"_known_{column.person_key}"


def identity_cell(column: Column, names: Names, *, has_certificate: bool, known: str | None = None) -> Cell:
    """An identity number of 18 characters, or the number of another certificate.

    Args:
        column: The contract's column.
        names: Names that the reading goes through.
        has_certificate: Whether a column of the contract says which certificate it is. Where none does, a number that
            starts with a letter is taken for a passport or permit.
        known: The column that is not null where the number was read before, so that it need not be checked again.
    """
    raw, simple, digits = names.helper("unquoted"), names.simple, names.helper("digits")
    number = f"try_cast(left({unquoted(names.raw)}, 17) as bigint)"
    is_card = f"coalesce({CERTIFICATE_COLUMN} = '{RESIDENT_CARD}', true)" if has_certificate else "true"
    # An exponent is the one spelling that the cast takes besides 17 digits.
    is_valid = (
        f"strlen({raw}) = 18 and {digits} between 10000000000000000 and 99999999999999999 "
        f"and not contains({raw}, 'E') and not contains({raw}, 'e') "
        f"and identity_check_character({digits}) = right({raw}, 1) and {_has_birth_date(raw)}"
    )
    is_read = f"{known} is not null or ({is_valid})" if known else is_valid
    read = names.helper("read")
    resident = f"{_has_form(simple)} and {_has_check(simple, read)} and {_has_birth_date(simple)}"
    fault = (
        rf"case when regexp_full_match({simple}, '\d+(\.\d+)?E\+?\d+') then 'scientific' "
        rf"when regexp_full_match({simple}, '\d{{15}}') then 'old_identity' "
        f"when length({simple}) <> 18 then 'length' "
        f"when not {_has_form(simple)} then 'characters' "
        f"when substr({simple}, 16, 3) = '000' and not {_has_check(simple, read)} then 'lost_digits' "
        f"when not ({_has_birth_date(simple)}) then 'birth' else 'check' end"
    )
    if has_certificate:
        other = f"regexp_full_match({simple}, '[A-Z0-9()]{{5,20}}')"
        careful = f"case when not {is_card} then case when {other} then {simple} end when {resident} then {simple} end"
    else:
        other = f"regexp_full_match({simple}, '[A-Z][A-Z0-9]*[0-9]{{5}}[A-Z0-9()]*') and length({simple}) <= 20"
        careful = f"case when ({resident}) or ({other}) then {simple} end"
    return Cell(
        names=names,
        sql_type="varchar",
        prepared={
            raw: unquoted(names.raw),
            digits: f"case when {known} is null then {number} end" if known else number,
        },
        quick=f"case when {is_card} and ({is_read}) then {raw} end",
        is_placeholder=is_placeholder(names.text),
        simplified=rf"upper(regexp_replace({names.text}, '[\s-]', '', 'g'))",
        read={read: f"try_cast(left({simple}, 17) as bigint)"},
        careful=careful,
        repairs=_repairs(names),
        fault=f"case when not {is_card} then 'certificate' else {fault} end",
        reasons=_identity_reasons(column),
        is_late=has_certificate,
        is_quoted=is_quoted(names.raw),
    )


def roll_number_cell(column: Column, names: Names, *, identity: str | None) -> Cell:
    """A roll number: G and the identity number, J with a check character, or L, which is temporary.

    Args:
        column: The contract's column.
        names: Names that the reading goes through.
        identity: The identity number as it stands in the file, which spares most roll numbers a closer look.
    """
    raw, read = names.helper("unquoted"), names.helper("read")
    # J with its check is left to the careful way: few pupils have it, and the check is long.
    junior = rf"regexp_full_match({names.simple}, 'J\d{{17}}[0-9X]') and {_has_check(names.simple, read)}"
    same = f"when {raw} = 'G' || {unquoted(identity)} and strlen({raw}) = 19 then {raw} " if identity else ""
    return Cell(
        names=names,
        sql_type="varchar",
        prepared={raw: unquoted(names.raw)},
        quick=f"case {same}when {_has_roll_form(raw)} then {raw} end",
        is_quoted=is_quoted(names.raw),
        is_placeholder=is_placeholder(names.text),
        simplified=rf"upper(regexp_replace({names.text}, '[\s-]', '', 'g'))",
        read={read: f"try_cast(substr({names.simple}, 2, 17) as bigint)"},
        careful=f"case when {_has_roll_form(names.simple)} or ({junior}) then {names.simple} end",
        repairs=_repairs(names),
        fault="'roll_number'",
        reasons={
            "roll_number": reason(
                column,
                "V06",
                "neither G and an identity number, nor J or L and 18 characters",
                "应为 G 加身份证件号，或 J、L 加 18 位",
            )
        },
    )


def is_quoted(text: str) -> str:
    """SQL: whether a text starts with the apostrophe that spreadsheets and roll exports put before long numbers."""
    return f"prefix({text}, chr(39))"


def unquoted(text: str) -> str:
    """SQL: a text without that apostrophe. Whole files have it, so the quick way knows it."""
    return f"case when {is_quoted(text)} then substr({text}, 2) else {text} end"


def _has_form(text: str) -> str:
    return rf"regexp_full_match({text}, '\d{{17}}[0-9X]')"


def _has_check(text: str, digits: str) -> str:
    return f"identity_check_character({digits}) = right({text}, 1)"


def _has_birth_date(text: str) -> str:
    return f"substr({text}, 7, 2) in ('19', '20') and try_strptime(substr({text}, 7, 8), '%Y%m%d') is not null"


def _has_roll_form(text: str) -> str:
    return rf"regexp_full_match({text}, 'G\d{{17}}[0-9X]|L\d{{18}}')"


def _repairs(names: Names) -> dict[str, str]:
    return {
        "spaces": rf"{names.column} is not null and regexp_matches({names.text}, '[\s-]')",
        "lower_case": f"{names.column} is not null and {names.text} <> upper({names.text})",
    }


def _identity_reasons(column: Column) -> dict[str, Reason]:
    texts = {
        "scientific": (
            "written as a power of ten, so digits are lost: export the column as text",
            "身份证件号为科学计数法，已丢失位数，请以文本格式导出",
        ),
        "old_identity": ("the old form of 15 digits: send the present number", "为 15 位旧号，请报送 18 位现号"),
        "length": ("not 18 characters long", "不是 18 位"),
        "characters": ("not 17 digits and a check character", "应为 17 位数字加 1 位校验码"),
        "lost_digits": (
            "the last digits are lost (a spreadsheet made them 000): export the column as text",
            "末三位变为 000，精度已丢失，请以文本格式导出",
        ),
        "birth": ("holds no valid birth date", "出生日期码无效"),
        "check": ("the check character is wrong", "校验码错误"),
        "certificate": ("not 5 to 20 letters and digits", "应为 5 至 20 位字母或数字"),
    }
    return {key: reason(column, "V05", en, zh) for key, (en, zh) in texts.items()}
