/*
title: {en: Retests of the screening, zh: 筛查复测}
grain:
  en: one row a school and school year with validly examined pupils
  zh: 每校每学年一行（有有效受检学生者）
meaning:
  en: >
    How many of the validly examined pupils of autumn were examined again, and how many of the items measured both times
    differ by more than the tolerance: acuity and spherical equivalent of each eye, height and weight.
  zh: 秋季有效受检学生中被复测者，以及两次均测得的项目（每眼裸眼视力与等效球镜、身高、体重）中超出允差的项数。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, valid_examinations, retested_pupils, retest_items, retest_errors]
*/
with
schools as (select * from core.school_year),

first_examinations as (
    select *
    from core.screening
    where season = 'autumn' and is_monitored and is_counted and is_valid_examination
),

retests as (
    select *
    from core.screening
    where season = 'autumn' and is_retest
),

paired as (
    select
        retests.school_year,
        retests.person_key,
        first_examinations.naked_acuity_right as first_acuity_right,
        retests.naked_acuity_right as again_acuity_right,
        first_examinations.naked_acuity_left as first_acuity_left,
        retests.naked_acuity_left as again_acuity_left,
        first_examinations.se_right as first_se_right,
        retests.se_right as again_se_right,
        first_examinations.se_left as first_se_left,
        retests.se_left as again_se_left,
        first_examinations.height_cm as first_height,
        retests.height_cm as again_height,
        first_examinations.weight_kg as first_weight,
        retests.weight_kg as again_weight
    from retests
    inner join first_examinations
        on
            retests.school_year = first_examinations.school_year
            and retests.person_key = first_examinations.person_key
            and retests.examined_school_code = first_examinations.examined_school_code
),

judged as (
    select
        school_year,
        person_key,
        case when first_acuity_right + again_acuity_right is null then 0 else 1 end
        + case when first_acuity_left + again_acuity_left is null then 0 else 1 end
        + case when first_se_right + again_se_right is null then 0 else 1 end
        + case when first_se_left + again_se_left is null then 0 else 1 end
        + case when first_height + again_height is null then 0 else 1 end
        + case when first_weight + again_weight is null then 0 else 1 end as items,
        case when is_outside_acuity_tolerance(first_acuity_right, again_acuity_right) then 1 else 0 end
        + case when is_outside_acuity_tolerance(first_acuity_left, again_acuity_left) then 1 else 0 end
        + case when is_outside_refraction_tolerance(first_se_right, again_se_right) then 1 else 0 end
        + case when is_outside_refraction_tolerance(first_se_left, again_se_left) then 1 else 0 end
        + case when is_outside_height_tolerance(first_height, again_height) then 1 else 0 end
        + case when is_outside_weight_tolerance(first_weight, again_weight) then 1 else 0 end as errors
    from paired
),

counted as (
    select
        first_examinations.school_year,
        first_examinations.school_code,
        count(*) as valid_examinations,
        count(judged.person_key) as retested_pupils,
        cast(coalesce(sum(judged.items), 0) as bigint) as retest_items,
        cast(coalesce(sum(judged.errors), 0) as bigint) as retest_errors
    from first_examinations
    left join judged
        on
            first_examinations.school_year = judged.school_year
            and first_examinations.person_key = judged.person_key
    group by first_examinations.school_year, first_examinations.school_code
)

select
    counted.school_year,
    counted.school_code,
    schools.division_code,
    counted.valid_examinations,
    counted.retested_pupils,
    counted.retest_items,
    counted.retest_errors
from counted
inner join schools
    on counted.school_year = schools.school_year and counted.school_code = schools.school_code
