/*
title: {en: Results of the information-literacy test have pupils on the roll, zh: 信息素养测评结果应有对应在校生}
table: ch7_resources.information_literacy
severity: warning
rule: V40
why:
  en: Results of a grade that is not tested, or of a school without pupils in it, are counted nowhere.
  zh: 非测评年级或该年级无在校生的结果不会计入。
remedy:
  en: Ask the sender for school and grade.
  zh: 向报送单位核实学校与年级。
*/
with

results as (select * from staging.literacy_test),

counted as (select * from ch7_resources.information_literacy)

select
    results.school_year,
    results.school_code,
    results.grade,
    results.tested_pupils
from results
left join counted
    on
        results.school_year = counted.school_year
        and results.school_code = counted.school_code
        and results.grade = counted.grade
where counted.school_code is null
