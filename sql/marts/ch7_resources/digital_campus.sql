/*
title: {en: Digital campus, zh: 学校信息化条件}
grain: {en: one row an active primary or secondary school and school year, zh: 每所在办中小学每学年一行}
meaning:
  en: >
    Network, classrooms, terminals, smart-campus grade and lessons of each school, by its digital return. A school that
    sent none counts in the units expected alone. A smart campus passes by the standard that is in force in the year;
    a grade by another version counts apart. A school of several stages stands under the first one of its type.
  zh: >
    各中小学网络、教室、终端、智慧校园等级与课时，取自信息化情况表；未报送的学校仅计入应报单位。智慧校园按当年有效的标准版本判定，
    其他版本的等级另计。多学段学校按其办学类型的首个学段归类。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, stage, urban_class, ownership, schools_with_return, ten_gigabit_schools, units_reported]
codes: {stage: stage, school_type: school_type}
*/
with
schools as (
    select *
    from core.school_year
    where is_active and is_ordinary_school(school_type)
),

returns as (select * from staging.digital_return),

pupils as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    group by school_year, school_code
),

teachers as (
    select
        school_year,
        school_code,
        count(*) filter (where is_teacher) as teachers
    from core.staff_year
    group by school_year, school_code
)

select
    schools.school_year,
    schools.school_code,
    schools.school_type,
    schools.division_code,
    schools.first_stage as stage,
    schools.urban_class,
    schools.ownership,
    cast(returns.school_code is not null as bigint) as schools_with_return,
    cast(is_ten_gigabit(returns.main_link_mbps, returns.link_measured_on) as bigint) as ten_gigabit_schools,
    cast(coalesce(returns.other_campuses, 0) as bigint) as other_campuses,
    cast(coalesce(returns.ten_gigabit_campuses, 0) as bigint) as ten_gigabit_campuses,
    cast(coalesce(returns.has_full_wireless, false) as bigint) as wireless_schools,
    cast(coalesce(returns.ordinary_classrooms, 0) as bigint) as ordinary_classrooms,
    cast(coalesce(returns.multimedia_classrooms, 0) as bigint) as multimedia_classrooms,
    cast(case when pupils.pupils is null then 0 else coalesce(returns.pupil_terminals, 0) end as bigint)
        as pupil_terminals,
    cast(case when returns.pupil_terminals is null then 0 else coalesce(pupils.pupils, 0) end as bigint)
        as pupils_with_terminals_known,
    cast(case when teachers.teachers is null then 0 else coalesce(returns.teacher_terminals, 0) end as bigint)
        as teacher_terminals,
    cast(case when returns.teacher_terminals is null then 0 else coalesce(teachers.teachers, 0) end as bigint)
        as teachers_with_terminals_known,
    cast(coalesce(grades.is_passed and standards.smart_campus_standard is not null, false) as bigint)
        as smart_campus_schools,
    cast(coalesce(grades.is_passed, false) as bigint) as smart_campus_schools_of_any_version,
    case
        when returns.school_code is not null
            then cast(coalesce(grades.is_benchmark and standards.smart_campus_standard is not null, false) as bigint)
    end as benchmark_schools,
    cast(
        case when returns.weekly_lessons_with_space is not null then coalesce(returns.weekly_lessons, 0) else 0 end
        as bigint
    ) as lessons,
    cast(
        case when returns.weekly_lessons is not null then coalesce(returns.weekly_lessons_with_space, 0) else 0 end
        as bigint
    ) as lessons_with_space,
    cast(returns.school_code is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from schools
left join returns
    on schools.school_year = returns.school_year and schools.school_code = returns.school_code
left join pupils
    on schools.school_year = pupils.school_year and schools.school_code = pupils.school_code
left join teachers
    on schools.school_year = teachers.school_year and schools.school_code = teachers.school_code
left join codes.smart_campus_grade as grades on returns.smart_campus_grade = grades.code
left join reference.smart_campus_standard as standards
    on
        returns.smart_campus_standard = standards.smart_campus_standard
        and first_year_of(returns.school_year) between standards.first_year and standards.last_year
