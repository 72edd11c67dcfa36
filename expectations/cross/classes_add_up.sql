/*
title: {en: The pupils of the classes are the pupils of the school, zh: 各班人数之和等于全校人数}
table: core.class_year
severity: critical
rule: V11
why:
  en: A class that is missing or doubled changes class size and the share of large classes.
  zh: 缺少或重复的班级会改变班额与大班额比例。
remedy:
  en: Look at the model of classes.
  zh: 检查班级模型。
*/
with

in_classes as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as pupils
    from core.class_year
    group by school_year, school_code
),

in_cells as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    where count_source = 'roll'
    group by school_year, school_code
)

select
    in_cells.school_year,
    in_cells.school_code,
    in_cells.pupils as pupils_of_the_school,
    in_classes.pupils as pupils_of_its_classes
from in_cells
left join in_classes
    on in_cells.school_year = in_classes.school_year and in_cells.school_code = in_classes.school_code
where coalesce(in_classes.pupils, 0) <> in_cells.pupils
