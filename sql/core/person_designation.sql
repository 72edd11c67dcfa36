/*
title: {en: What persons are recognised for, zh: 人员称号}
grain:
  en: one row a register year, programme, person and document
  zh: 每学年登记表、每项目、每人、每文号一行
meaning:
  en: >
    The register of recognised persons. In force is judged on 31 December; a person with several titles of one
    programme counts once a year, by a row in force and in post before others, then the highest level; is_counted
    marks that row. Who was recognised within the plan's years by that day is counted over the years as a distinct
    person; the rows recognised in the calendar year itself are its awards.
  zh: >
    人才与称号人员登记表。是否有效按 12 月 31 日判断；同一项目多次获得称号者每年只计一次，依次取有效且在岗、级别最高的一条，
    以 is_counted 标记。规划期内截至该日获得称号者跨年按人去重累计；当年认定的记录为当年表彰人次。
key: [school_year, programme, person_key, document_number]
partition: school_year
not_null:
  - school_code
  - division_code
  - recognition_level
  - valid_from
  - is_in_force
  - is_in_post
  - is_counted
  - is_recognised_in_plan
  - is_award_of_year
codes: {programme: programme, recognition_level: recognition_level}
*/
with
judged as (
    select
        *,
        coalesce(is_in_post, true) as is_at_work,
        is_in_force(valid_from, valid_to, register_date(school_year)) as is_in_force
    from staging.programme_persons
),

schools as (select * from core.school_year),

ranked as (
    select
        judged.*,
        row_number() over (
            partition by judged.school_year, judged.programme, judged.person_key
            order by
                case when judged.is_in_force and judged.is_at_work then 0 when judged.is_in_force then 1 else 2 end asc,
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
    ranked.person_key,
    ranked.document_number,
    ranked.school_code,
    schools.division_code,
    ranked.recognition_level,
    ranked.valid_from,
    ranked.valid_to,
    ranked.is_at_work as is_in_post,
    ranked.is_in_force,
    ranked.is_in_force and ranked.place = 1 as is_counted,
    is_in_plan_period(ranked.valid_from) and ranked.valid_from <= register_date(ranked.school_year)
        as is_recognised_in_plan,
    year(ranked.valid_from) = first_year_of(ranked.school_year) as is_award_of_year
from ranked
inner join schools on ranked.school_year = schools.school_year and ranked.school_code = schools.school_code
