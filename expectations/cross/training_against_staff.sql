/*
title: {en: The training summary has the teachers of the staff roll, zh: 培训汇总表教师数与教职工名册应相近}
table: ch7_resources.ict_training
severity: warning
rule: V40
why:
  en: A summary of fewer teachers than the school has makes the share trained look better than it is.
  zh: 汇总表教师数偏少会使培训率偏高。
remedy:
  en: Ask the centre whom it left out.
  zh: 向教师发展中心核实遗漏人员。
*/
with

staff as (
    select
        school_year,
        division_code,
        school_code,
        count(*) filter (where is_teacher) as teachers
    from core.staff_year
    group by school_year, division_code, school_code
),

compared as (
    select
        staff.school_year,
        staff.division_code,
        cast(sum(staff.teachers) as bigint) as teachers_on_roll,
        cast(sum(training.listed_teachers) as bigint) as teachers_listed
    from staff
    inner join staging.ict_training as training
        on staff.school_year = training.school_year and staff.school_code = training.school_code
    group by staff.school_year, staff.division_code
)

select
    school_year,
    division_code,
    teachers_on_roll,
    teachers_listed
from compared
where abs(teachers_listed - teachers_on_roll) * 10 > teachers_on_roll
