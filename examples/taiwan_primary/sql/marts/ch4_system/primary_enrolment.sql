/*
title: {en: Primary enrolment by county, zh: 各縣市國小學生數}
grain: {en: 'one row a school year, county, grade and sex', zh: 每學年每縣市每年級每性別一列}
meaning:
  en: Pupils in primary schools, added over the schools of a county.
  zh: 各縣市國民小學學生數合計。
key: [school_year, division_code, grade, sex]
partition: school_year
codes: {division_code: county, grade: grade, sex: sex}
*/
with

schools as (
    select * from core.schools
),

enrolment as (
    select * from core.enrolment
)

select
    schools.school_year,
    schools.division_code,
    enrolment.grade,
    enrolment.sex,
    cast(sum(enrolment.pupils) as bigint) as pupils
from schools
inner join enrolment
    on schools.school_year = enrolment.school_year and schools.school_code = enrolment.school_code
group by
    schools.school_year,
    schools.division_code,
    enrolment.grade,
    enrolment.sex
