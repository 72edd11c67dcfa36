/*
title: {en: Body measures and fitness, zh: 体格与体质}
grain:
  en: one row a school, stage, grade, sex and school year
  zh: 每校、每学段、每年级、每性别、每学年一行
meaning:
  en: Autumn measurements of monitored pupils against WS/T 586, and fitness totals against 60 and 80 points.
  zh: 监测对象秋季身高体重对照 WS/T 586 的结果，以及体质健康总分达 60 分、80 分的人数。
key: [school_year, school_code, stage, grade, sex]
partition: school_year
not_null: [division_code, urban_class, ownership, grade_number, measured_pupils, fitness_tested_pupils]
codes: {stage: stage, grade: grade, sex: sex}
publish:
  - name: physique
    by: [division_code, stage, grade, grade_number]
    title: {en: Body measures and fitness by district and grade, zh: 体格与体质（分区县、年级）}
  - name: physique_schools
    by: [school_code, division_code, urban_class, ownership, stage]
    title: {en: Body measures and fitness by school, zh: 体格与体质（分学校）}
*/
with
schools as (select * from core.school_year),

examined as (
    select
        school_year,
        school_code,
        stage,
        grade,
        grade_number,
        sex,
        count(*) filter (where is_measured) as measured_pupils,
        count(*) filter (where is_overweight) as overweight_pupils,
        count(*) filter (where is_obese) as obese_pupils,
        count(*) filter (where fitness_total is not null) as fitness_tested_pupils,
        count(*) filter (where is_fitness_pass(fitness_total)) as fitness_pass_pupils,
        count(*) filter (where is_fitness_good(fitness_total)) as fitness_good_pupils
    from core.screening
    where season = 'autumn' and is_monitored and is_counted
    group by school_year, school_code, stage, grade, grade_number, sex
)

select
    examined.school_year,
    examined.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    examined.stage,
    examined.grade,
    examined.grade_number,
    examined.sex,
    examined.measured_pupils,
    examined.overweight_pupils,
    examined.obese_pupils,
    examined.fitness_tested_pupils,
    examined.fitness_pass_pupils,
    examined.fitness_good_pupils
from examined
inner join schools
    on examined.school_year = schools.school_year and examined.school_code = schools.school_code
