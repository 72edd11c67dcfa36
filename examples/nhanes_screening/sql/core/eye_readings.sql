/*
title: {en: Readings by eye, zh: 分眼读数}
grain: {en: 'one row a person, cycle and eye', zh: 每人每周期每眼一行}
meaning:
  en: Acuity and refraction of each eye. Cylinder is positive here, so the spherical equivalent adds half of it.
  zh: 各眼视力与验光。柱镜以正值记录，等效球镜为球镜加二分之一柱镜。
key: [calendar_year, respondent, eye]
partition: calendar_year
not_null: [refraction_result]
*/
with

eyes as (
    select
        calendar_year,
        respondent,
        'right' as eye,
        acuity_right as acuity,
        sphere_right as sphere,
        cylinder_right as cylinder,
        refraction_right as refraction_result
    from staging.vision_exam
    union all
    select
        calendar_year,
        respondent,
        'left' as eye,
        acuity_left as acuity,
        sphere_left as sphere,
        cylinder_left as cylinder,
        refraction_left as refraction_result
    from staging.vision_exam
)

select
    calendar_year,
    respondent,
    eye,
    acuity,
    sphere,
    cylinder,
    sphere + cylinder * 0.5 as spherical_equivalent,
    refraction_result
from eyes
