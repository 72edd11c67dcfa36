/*
title: {en: Every counted pupil is in an enrolment cell, zh: 每名计数学生均在某一单元格内}
table: core.enrolment_cell
severity: critical
rule: V11
why:
  en: Pupils who are counted on the roll and in no cell are missing from every figure.
  zh: 名册计数而不在单元格内的学生会从全部数字中消失。
remedy:
  en: Look for schools of those pupils that the register of the year does not have.
  zh: 检查这些学生的学校是否缺于当年名录。
*/
with

people as (
    select
        school_year,
        count(*) as pupils
    from core.pupil_year
    where is_counted
    group by school_year
),

cells as (
    select
        school_year,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    where count_source = 'roll'
    group by school_year
)

select
    people.school_year,
    people.pupils as pupils_on_the_roll,
    cells.pupils as pupils_in_cells
from people
left join cells on people.school_year = cells.school_year
where coalesce(cells.pupils, 0) <> people.pupils
