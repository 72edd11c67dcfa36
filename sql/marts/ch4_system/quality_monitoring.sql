/*
title: {en: National quality monitoring, zh: 国家义务教育质量监测}
grain: {en: 'one row a division, grade, subject and school year', zh: 每区划、每年级、每学科、每学年一行}
meaning:
  en: >
    Pupils tested and those at level three or above; and the variances times the pupils tested, so that the share of
    the variance that lies between schools can be added up over divisions.
  zh: 参测学生数与水平Ⅲ及以上学生数；校间方差与总方差各乘以参测人数，以便跨区划合并校际差异率。
key: [school_year, division_code, grade, item]
partition: school_year
not_null: [monitoring_cycle, tested_pupils, pupils_at_level_three, between_school_variation, total_variation]
codes: {grade: grade, item: subject}
columns:
  item: {en: Subject, zh: 学科}
  tested_pupils: {en: Pupils tested, zh: 参测学生数, unit: persons}
*/
with
results as (select * from staging.quality_monitoring),

current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
)

select
    results.school_year,
    coalesce(current_codes.current_division_code, results.division_code) as division_code,
    results.grade,
    results.subject as item,
    min(results.monitoring_cycle) as monitoring_cycle,
    cast(sum(results.tested_pupils) as bigint) as tested_pupils,
    cast(sum(results.pupils_at_level_three) as bigint) as pupils_at_level_three,
    sum(results.between_school_variance * results.tested_pupils) as between_school_variation,
    sum(results.total_variance * results.tested_pupils) as total_variation
from results
left join current_codes on results.division_code = current_codes.division_code
group by
    results.school_year,
    coalesce(current_codes.current_division_code, results.division_code),
    results.grade,
    results.subject
