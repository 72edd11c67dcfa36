/*
title: {en: Information literacy of pupils, zh: 学生信息素养}
grain:
  en: one row a school, tested grade and school year
  zh: 每校、每测评年级、每学年一行
meaning:
  en: >
    Pupils of grades 4 and 8 who took the information-literacy test and those at the standard. A school with pupils
    in such a grade that sent no results counts in the units expected alone.
  zh: 四、八年级参加信息素养测评与达标的学生数；有该年级学生而未报送结果的学校仅计入应报单位。
key: [school_year, school_code, grade]
partition: school_year
not_null: [division_code, stage, tested_pupils, pupils_at_standard, units_reported, units_expected]
codes: {stage: stage, grade: grade}
*/
with
tests as (select * from staging.literacy_test),

grades as (
    select
        school_year,
        school_code,
        division_code,
        urban_class,
        ownership,
        stage,
        grade
    from core.enrolment_cell
    where is_literacy_test_grade(grade)
    group by school_year, school_code, division_code, urban_class, ownership, stage, grade
)

select
    grades.school_year,
    grades.school_code,
    grades.division_code,
    grades.urban_class,
    grades.ownership,
    grades.stage,
    grades.grade,
    cast(coalesce(tests.tested_pupils, 0) as bigint) as tested_pupils,
    cast(coalesce(tests.pupils_at_standard, 0) as bigint) as pupils_at_standard,
    cast(coalesce(tests.tested_pupils, 0) > 0 as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from grades
left join tests
    on
        grades.school_year = tests.school_year
        and grades.school_code = tests.school_code
        and grades.grade = tests.grade
