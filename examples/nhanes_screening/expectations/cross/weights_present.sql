/*
title: {en: Everybody measured has a weight, zh: 受测者均有权重}
table: ch3_development.body_mass
severity: error
why:
  en: A measured person without an examination weight would be left out of every rate.
  zh: 无体检权重的受测者会被全部比率漏计。
remedy:
  en: Use the demographic file of the same cycle.
  zh: 使用同一周期的人口学文件。
*/
select
    measured.calendar_year,
    count(*) as persons
from staging.body_measures as measured
inner join core.participants as participants
    on measured.calendar_year = participants.calendar_year and measured.respondent = participants.respondent
where participants.exam_weight = 0
group by measured.calendar_year
