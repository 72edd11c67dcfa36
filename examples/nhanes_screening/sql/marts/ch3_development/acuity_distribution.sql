/*
title: {en: Acuity by eye, zh: 分眼视力分布}
grain: {en: 'one row a cycle, eye and acuity', zh: 每周期每眼每视力值一行}
meaning:
  en: Persons by presenting acuity, as the survey's code book prints it; -1 is a missing acuity.
  zh: 按日常视力值统计的人数，与调查编码手册一致；-1 为缺失。
key: [calendar_year, eye, acuity]
partition: calendar_year
*/
select
    calendar_year,
    eye,
    coalesce(acuity, -1) as acuity,
    count(*) as persons
from core.eye_readings
group by
    calendar_year,
    eye,
    coalesce(acuity, -1)
