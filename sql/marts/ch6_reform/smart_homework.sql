/*
title: {en: Smart homework, zh: 智慧作业}
grain:
  en: one row a school, grade, month and school year with classes of grades 3 to 9
  zh: 每校、每年级、每月、每学年一行（有三至九年级班级者）
meaning:
  en: >
    Classes and pupils of grades 3 to 9 on the roll, and those that used smart homework in a month: classes active for
    four weeks or more, pupils active at all. Months are those of the year's log; a grade that the log of its school
    does not have in a month was not active. Classes add up to class-months.
  zh: >
    学籍名册中三至九年级的班级与学生，以及当月应用智慧作业者：活跃满四周的班级、有应用的学生。月份以当学年应用统计表所含月份为准；
    学校已有记录而某年级某月无记录者视为未应用。班级数逐月相加为班月数。
key: [school_year, school_code, grade, item]
partition: school_year
not_null: [division_code, stage, classes, active_classes, pupils, active_pupils, units_reported, units_expected]
codes: {stage: stage, grade: grade}
columns:
  item: {en: 'Month, 2024-09', zh: 月份（如 2024-09）}
  classes: {en: Classes of schools in the log, zh: 已有应用记录学校的班级数, unit: classes}
  pupils: {en: Pupils of schools in the log, zh: 已有应用记录学校的学生数, unit: persons}
*/
with
logged as (select * from staging.smart_homework),

months as (
    select
        school_year,
        calendar_month
    from logged
    group by school_year, calendar_month
),

schools_in_log as (
    select
        school_year,
        school_code
    from logged
    group by school_year, school_code
),

classes as (
    select
        school_year,
        school_code,
        stage,
        grade,
        count(*) as classes,
        cast(sum(pupils) as bigint) as pupils
    from core.class_year
    where is_smart_homework_grade(grade_number)
    group by school_year, school_code, stage, grade
),

schools as (select * from core.school_year)

select
    classes.school_year,
    classes.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    classes.stage,
    classes.grade,
    month_text(classes.school_year, months.calendar_month) as item,
    case when schools_in_log.school_code is null then 0 else classes.classes end as classes,
    cast(coalesce(logged.active_classes, 0) as bigint) as active_classes,
    case when schools_in_log.school_code is null then 0 else classes.pupils end as pupils,
    cast(coalesce(logged.active_pupils, 0) as bigint) as active_pupils,
    cast(schools_in_log.school_code is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from classes
inner join months on classes.school_year = months.school_year
inner join schools
    on classes.school_year = schools.school_year and classes.school_code = schools.school_code
left join schools_in_log
    on classes.school_year = schools_in_log.school_year and classes.school_code = schools_in_log.school_code
left join logged
    on
        classes.school_year = logged.school_year
        and classes.school_code = logged.school_code
        and classes.grade = logged.grade
        and months.calendar_month = logged.calendar_month
