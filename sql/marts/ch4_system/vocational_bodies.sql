/*
title: {en: Vocational bodies and recognised units, zh: 职业教育载体与认定项目}
grain:
  en: one row a kind of body, level of recognition, division and school year
  zh: 每载体类别、每认定级别、每区划、每学年一行
meaning:
  en: >
    Bodies and units on the city's list that are recognised on the census date, and those of them that show within two
    years before it that they really operate.
  zh: 统计时点处于认定有效期内的载体与项目数，以及其中近两年有运行佐证者。
key: [school_year, body_kind, recognition_level, division_code]
partition: school_year
not_null: [listed_bodies, recognised_bodies, live_bodies]
codes: {body_kind: vocational_body, recognition_level: recognition_level}
*/
with
listed as (select * from staging.vocational_body),

current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
),

judged as (
    select
        listed.school_year,
        listed.body_kind,
        listed.recognition_level,
        coalesce(current_codes.current_division_code, listed.division_code) as division_code,
        is_recognised_body(listed.recognised_on, listed.valid_until, listed.school_year) as is_recognised,
        is_recognised_body(listed.recognised_on, listed.valid_until, listed.school_year)
        and coalesce(has_fresh_evidence(listed.evidence_on, listed.school_year), false) as is_live
    from listed
    left join current_codes on listed.division_code = current_codes.division_code
)

select
    judged.school_year,
    judged.body_kind,
    judged.recognition_level,
    judged.division_code,
    kinds.is_integration,
    count(*) as listed_bodies,
    count(*) filter (where judged.is_recognised) as recognised_bodies,
    count(*) filter (where judged.is_live) as live_bodies
from judged
inner join codes.vocational_body as kinds on judged.body_kind = kinds.code
group by
    judged.school_year, judged.body_kind, judged.recognition_level, judged.division_code, kinds.is_integration
