/*
title: {en: Entry to the senior stage, zh: 高中阶段招生}
grain:
  en: one row a division, sex and school year
  zh: 每区划、每性别、每学年一行
meaning:
  en: First-grade pupils of general and vocational senior schools, and the junior graduates of the summer before.
  zh: 普通高中与中职一年级学生数，以及当年初中毕业生数。
key: [school_year, division_code, sex]
partition: school_year
not_null: [general_entrants, vocational_entrants, senior_entrants]
codes: {sex: sex}
*/
with
entrants as (
    select
        school_year,
        division_code,
        sex,
        cast(coalesce(sum(pupils) filter (where grade = 's1'), 0) as bigint) as general_entrants,
        cast(coalesce(sum(pupils) filter (where grade = 'v1'), 0) as bigint) as vocational_entrants,
        cast(coalesce(sum(pupils) filter (where grade in ('s1', 'v1')), 0) as bigint) as senior_entrants
    from core.enrolment_cell
    group by school_year, division_code, sex
),

graduates as (
    select
        school_year,
        division_code,
        sex,
        count(*) filter (where roll_status = 'graduated' and stage = 'junior') as junior_graduates
    from core.pupil_year
    group by school_year, division_code, sex
),

-- Divisions with a roll have a count of graduates, which may be zero; the others have none.
roll_divisions as (
    select
        school_year,
        division_code
    from graduates
    group by school_year, division_code
)

select
    entrants.school_year,
    entrants.division_code,
    entrants.sex,
    entrants.general_entrants,
    entrants.vocational_entrants,
    entrants.senior_entrants,
    case when roll_divisions.division_code is not null then entrants.senior_entrants end
        as senior_entrants_with_graduates,
    case when roll_divisions.division_code is not null then coalesce(graduates.junior_graduates, 0) end
        as junior_graduates
from entrants
left join roll_divisions
    on entrants.school_year = roll_divisions.school_year and entrants.division_code = roll_divisions.division_code
left join graduates
    on
        entrants.school_year = graduates.school_year
        and entrants.division_code = graduates.division_code
        and entrants.sex = graduates.sex
