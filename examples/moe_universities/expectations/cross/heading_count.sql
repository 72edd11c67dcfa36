/*
title: {en: The heading announces as many institutions as follow it, zh: 标题行学校数与实列学校数一致}
table: ch4_system.institutions_by_province
severity: warning
why:
  en: The list contradicts itself; both figures stand in the published file. The rows are kept and counted.
  zh: 名单自相矛盾，两个数字均见于原文。以实列各行为准。
remedy:
  en: Ask the publisher which is right; until then quote the count of the rows.
  zh: 向发布单位核实；核实前引用实列数。
*/
select
    calendar_year,
    list_name,
    division_code,
    heading_count,
    institutions
from ch4_system.institutions_by_province
where heading_count <> institutions
