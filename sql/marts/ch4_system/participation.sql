/*
title: {en: Participation by age, zh: 适龄人口入学}
grain:
  en: one row a division, sex and school year
  zh: 每区划、每性别、每学年一行
meaning:
  en: >
    Pupils and the resident population that they are set against, for districts that have both. Ages are completed
    years on 31 August. What needs an age comes from the roll alone.
  zh: 在校生与对应的常住人口，仅含两者均有的区县。年龄为 8 月 31 日周岁；涉及年龄的在校生仅取自学籍名册。
key: [school_year, division_code, sex]
partition: school_year
codes: {sex: sex}
*/
with
enrolment as (
    select
        school_year,
        division_code,
        sex,
        cast(sum(pupils_aged_3_and_over) filter (where stage = 'preschool') as bigint)
            as preschool_pupils_aged_3_and_over,
        cast(sum(pupils_aged_6_to_11) filter (where grade_number >= 1) as bigint) as pupils_aged_6_to_11,
        cast(sum(pupils_aged_12_to_14) filter (where grade_number >= 7) as bigint) as pupils_aged_12_to_14,
        cast(sum(pupils) filter (where stage in ('senior_general', 'senior_vocational')) as bigint)
            as senior_stage_pupils
    from core.enrolment_cell
    group by school_year, division_code, sex
),

population as (
    select
        school_year,
        division_code,
        sex,
        cast(sum(persons) filter (where age between 3 and 5) as bigint) as population_aged_3_to_5,
        cast(sum(persons) filter (where age between 6 and 11) as bigint) as population_aged_6_to_11,
        cast(sum(persons) filter (where age between 12 and 14) as bigint) as population_aged_12_to_14,
        cast(sum(persons) filter (where age between 15 and 17) as bigint) as population_aged_15_to_17
    from core.population
    group by school_year, division_code, sex
),

-- A district without roll rows has no ages, and its population must not stand against nothing.
roll_districts as (
    select
        school_year,
        division_code
    from core.enrolment_cell
    where count_source = 'roll'
    group by school_year, division_code
)

select
    population.school_year,
    population.division_code,
    population.sex,
    case when roll_districts.division_code is not null then coalesce(enrolment.preschool_pupils_aged_3_and_over, 0) end
        as preschool_pupils_aged_3_and_over,
    case when roll_districts.division_code is not null then population.population_aged_3_to_5 end
        as population_aged_3_to_5,
    case when roll_districts.division_code is not null then coalesce(enrolment.pupils_aged_6_to_11, 0) end
        as pupils_aged_6_to_11,
    case when roll_districts.division_code is not null then population.population_aged_6_to_11 end
        as population_aged_6_to_11,
    case when roll_districts.division_code is not null then coalesce(enrolment.pupils_aged_12_to_14, 0) end
        as pupils_aged_12_to_14,
    case when roll_districts.division_code is not null then population.population_aged_12_to_14 end
        as population_aged_12_to_14,
    coalesce(enrolment.senior_stage_pupils, 0) as senior_stage_pupils,
    population.population_aged_15_to_17
from population
inner join enrolment
    on
        population.school_year = enrolment.school_year
        and population.division_code = enrolment.division_code
        and population.sex = enrolment.sex
left join roll_districts
    on
        population.school_year = roll_districts.school_year
        and population.division_code = roll_districts.division_code
