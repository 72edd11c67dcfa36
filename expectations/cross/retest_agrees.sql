/*
title: {en: At most 5 % of the retests contradict the examination, zh: 复测不一致率不超过 5%}
table: core.screening
severity: warning
rule: V27
why:
  en: >-
    When more than one retest in twenty finds another acuity by two lines or more, the examinations of that school
    are not exact.
  zh: 复测中超过二十分之一相差两行以上，说明该校检查不准。
remedy:
  en: Train the examiners, calibrate the device and examine again.
  zh: 培训人员、校准设备后重新检查。
*/
with

paired as (
    select
        retests.school_year,
        retests.season,
        retests.examined_school_code,
        abs(retests.worse_naked_acuity - examinations.worse_naked_acuity) >= 0.2 as differs
    from core.screening as retests
    inner join core.screening as examinations
        on
            retests.school_year = examinations.school_year
            and retests.season = examinations.season
            and retests.person_key = examinations.person_key
    where
        retests.is_retest
        and examinations.is_counted
        and retests.worse_naked_acuity is not null
        and examinations.worse_naked_acuity is not null
)

select
    school_year,
    season,
    examined_school_code,
    count(*) as retests,
    count(*) filter (where differs) as retests_that_differ
from paired
group by school_year, season, examined_school_code
having count(*) >= 10 and count(*) filter (where differs) > 0.05 * count(*)
