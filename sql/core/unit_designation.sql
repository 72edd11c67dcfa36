/*
title: {en: What units are recognised for, zh: 单位称号}
grain:
  en: one row a register year, programme, unit, title and document
  zh: 每学年登记表、每项目、每单位、每名称、每文号一行
meaning:
  en: >
    The register of programmes with what is in force on 31 December. A unit that holds one recognition by several
    documents (a renewal, a higher level) counts once, by its highest level in force; is_counted marks that row. A
    school lies in the district that the school register says.
  zh: >
    项目与称号登记表及 12 月 31 日是否有效。同一单位同一称号有多份文件（复评、升级）者只计一次，取有效期内最高级别，
    以 is_counted 标记。学校所在区县以学校名录为准。
key: [school_year, programme, unit_code, designation_title, document_number]
partition: school_year
not_null: [unit_name, division_code, recognition_level, valid_from, is_in_force, is_counted]
codes: {programme: programme, recognition_level: recognition_level, stage: stage}
columns:
  is_counted:
    en: Whether the row counts the designation; at most one row of a unit and title does
    zh: 是否计数（同一单位同一称号至多一行）
*/
with
registered as (select * from staging.programmes),

schools as (select * from core.school_year),

current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
),

judged as (
    select
        *,
        is_in_force(valid_from, valid_to, register_date(school_year)) as is_in_force
    from registered
),

ranked as (
    select
        judged.*,
        row_number() over (
            partition by judged.school_year, judged.programme, judged.unit_code, judged.designation_title
            order by
                case when judged.is_in_force then 0 else 1 end asc,
                levels.rank desc,
                judged.valid_from asc,
                judged.document_number asc
        ) as place
    from judged
    inner join codes.recognition_level as levels on judged.recognition_level = levels.code
)

select
    ranked.school_year,
    ranked.programme,
    ranked.unit_code,
    ranked.designation_title,
    ranked.document_number,
    ranked.school_code,
    ranked.unit_name,
    coalesce(schools.division_code, current_codes.current_division_code, ranked.division_code) as division_code,
    ranked.stage,
    ranked.recognition_level,
    ranked.valid_from,
    ranked.valid_to,
    ranked.is_in_force,
    ranked.is_in_force and ranked.place = 1 as is_counted,
    ranked.centre_staff,
    ranked.centre_pupils
from ranked
left join schools on ranked.school_year = schools.school_year and ranked.school_code = schools.school_code
left join current_codes on ranked.division_code = current_codes.division_code
