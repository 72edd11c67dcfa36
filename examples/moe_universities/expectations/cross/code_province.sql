/*
title: {en: Digits 3 and 4 of the code are the province of the heading, zh: 标识码第3、4位与标题行省份一致}
table: ch4_system.institutions
severity: warning
why:
  en: >-
    An institution that moved keeps the code of the province that it left, so a province must never be read
    from the code.
  zh: 学校迁址后沿用原省份代码，故不可由标识码推断省份。
remedy:
  en: Look the institution up; if it did not move, ask the publisher.
  zh: 查证该校是否迁址；未迁址则向发布单位核实。
*/
select
    calendar_year,
    list_name,
    institution_code,
    institution_name,
    division_code,
    code_province
from ch4_system.institutions
where code_province <> division_code
