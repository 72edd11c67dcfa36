/*
title: {en: Vision by stratum with fixed weights, zh: 视力健康分层（固定权重）}
grain:
  en: one row a division, stage, grade, sex and school year
  zh: 每区划、每学段、每年级、每性别、每学年一行
meaning:
  en: >
    Examined and myopic pupils of each stratum beside the pupils that the same stratum had on the roll of 2020-21: the
    weights of the age-standardised rate, the same every year.
  zh: 各层有效受检与近视人数，并列该层 2020-21 学年在校生数，作为年龄标化率的固定权重。
key: [school_year, division_code, stage, grade, sex]
not_null: [pupils, standard_pupils, valid_examinations, myopic_pupils]
codes: {stage: stage, grade: grade, sex: sex}
*/
with
vision as (select * from ch3_development.vision),

strata as (
    select
        school_year,
        division_code,
        stage,
        grade,
        sex,
        cast(sum(pupils) as bigint) as pupils,
        cast(sum(valid_examinations) as bigint) as valid_examinations,
        cast(sum(myopic_pupils) as bigint) as myopic_pupils
    from vision
    group by school_year, division_code, stage, grade, sex
),

standard as (
    select
        division_code,
        stage,
        grade,
        sex,
        pupils
    from strata
    where school_year = standard_school_year()
)

select
    strata.school_year,
    strata.division_code,
    strata.stage,
    strata.grade,
    strata.sex,
    strata.pupils,
    coalesce(standard.pupils, 0) as standard_pupils,
    strata.valid_examinations,
    strata.myopic_pupils
from strata
left join standard
    on
        strata.division_code = standard.division_code
        and strata.stage = standard.stage
        and strata.grade = standard.grade
        and strata.sex = standard.sex
