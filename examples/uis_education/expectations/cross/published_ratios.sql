/*
title: {en: The published ratios follow from their parts, zh: 公布比率与其分子分母一致}
table: ch4_system.primary_by_country
severity: error
why:
  en: >-
    A ratio that cannot be made again from the published numerator and denominator means that a file is of
    another release.
  zh: 若公布比率无法由公布的分子分母重算，说明文件来自不同版本。
remedy:
  en: Fetch all files of one release again.
  zh: 重新下载同一版本的全部文件。
*/
with

places as (
    select
        calendar_year,
        division_code as place,
        pupils,
        teachers,
        population,
        published_gross_enrolment,
        published_pupils_per_teacher
    from ch4_system.primary_by_country
    union all
    select
        calendar_year,
        region_code as place,
        pupils,
        teachers,
        population,
        published_gross_enrolment,
        published_pupils_per_teacher
    from ch4_system.primary_by_region
)

select
    calendar_year,
    place,
    published_gross_enrolment,
    cast(pupils as double) / population * 100 as gross_enrolment,
    published_pupils_per_teacher,
    cast(pupils as double) / teachers as pupils_per_teacher
from places
where
    abs(cast(pupils as double) / population * 100 - published_gross_enrolment) > 0.00001
    or abs(cast(pupils as double) / teachers - published_pupils_per_teacher) > 0.00001
