/*
title: {en: Schools without pupils, zh: 無學生之學校}
table: ch7_resources.primary_schools
severity: warning
why:
  en: A school on the list that has no pupils may have closed, or may not have reported.
  zh: 名錄中無學生之學校可能已停辦，亦可能漏報。
remedy:
  en: Ask the county whether the school is open.
  zh: 向縣市查證該校是否停辦。
*/
select
    school_year,
    school_code,
    pupils,
    teachers
from ch7_resources.primary_schools
where schools_without_pupils = 1
