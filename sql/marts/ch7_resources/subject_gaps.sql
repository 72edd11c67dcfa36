/*
title: {en: Gaps of subject teachers, zh: 学科教师缺口}
grain:
  en: one row an active primary or secondary school, stage and school year
  zh: 每所在办中小学、每学段、每学年一行
meaning:
  en: >
    Teachers that the subjects of a stage need and lack, added up; a surplus in one subject does not fill a gap in
    another. Schools that did not send both timetable and staff roll have no counts.
  zh: 各学段所有学科的教师需求与缺口合计，学科之间不相抵。课表与教职工名册未均报送者为空。
key: [school_year, school_code, stage]
partition: school_year
not_null: [division_code, urban_class, ownership, reported, expected]
codes: {stage: stage}
columns:
  required_teachers: {en: Teachers that the lessons need at the standard load, zh: 按标准课时应配教师数, unit: teachers}
  teacher_shortage: {en: Teachers missing, zh: 教师缺口, unit: teachers}
  reported: {en: 1 where timetable and staff roll were sent, zh: 课表与名册均已报送者记 1}
  expected: {en: 1 where they should have been, zh: 应报送者记 1}
warning: {en: Count distinct schools; do not add the flags over stages., zh: 请按学校去重计数，勿将各学段标志相加。}
*/
with
units as (
    select reporting.*
    from ch1_context.reporting as reporting
    inner join reference.standard_teaching_load as standard on reporting.stage = standard.stage
    where reporting.is_ordinary_school or reporting.is_compulsory_school
),

needs as (
    select
        school_year,
        school_code,
        stage,
        cast(sum(required_teachers) as decimal(18, 6)) as required_teachers,
        cast(sum(teacher_shortage) as decimal(18, 6)) as teacher_shortage
    from ch7_resources.subject_posts
    group by school_year, school_code, stage
)

select
    units.school_year,
    units.school_code,
    units.stage,
    units.division_code,
    units.urban_class,
    units.ownership,
    needs.required_teachers,
    needs.teacher_shortage,
    case when needs.school_code is not null then 1 else 0 end as reported,
    1 as expected
from units
left join needs
    on
        units.school_year = needs.school_year
        and units.school_code = needs.school_code
        and units.stage = needs.stage
