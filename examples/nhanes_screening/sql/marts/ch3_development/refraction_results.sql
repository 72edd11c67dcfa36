/*
title: {en: Refraction results by eye, zh: 分眼验光结果}
grain: {en: 'one row a cycle, eye and result', zh: 每周期每眼每结果一行}
meaning:
  en: How many refractions were measured, could not be obtained, or are missing; only the first are readings.
  zh: 测得、无法获得与缺失的验光数；仅测得者为读数。
key: [calendar_year, eye, refraction_result]
partition: calendar_year
*/
select
    calendar_year,
    eye,
    refraction_result,
    count(*) as persons
from core.eye_readings
group by
    calendar_year,
    eye,
    refraction_result
