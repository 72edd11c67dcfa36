/*
title: {en: Teachers that subjects need, zh: 学科教师需求与缺口}
grain:
  en: one row a school, stage and subject with lessons, and school year
  zh: 每校、每学段、每个有课学科、每学年一行
meaning:
  en: >
    Teachers that the weekly lessons of a subject need at the standard load of the stage, active full-time teachers of
    that subject on the staff roll, and the shortage. A surplus in one subject or school does not fill a gap in another.
    Only schools that sent timetable and staff roll; subjects are those of the code list, 'other' is left out.
  zh: 按学段标准周课时折算的学科教师需求数、教职工名册中该学科在职专任教师数及缺口。学科之间、学校之间余缺不相抵。仅含课表与教职工名册均已报送的学校，不含“其他”学科。
key: [school_year, school_code, stage, item]
partition: school_year
not_null: [division_code, urban_class, ownership, weekly_lessons, required_teachers, subject_teachers, teacher_shortage]
codes: {stage: stage, item: subject}
columns:
  item: {en: Subject, zh: 学科}
  weekly_lessons: {en: Lessons a week, zh: 周课时总数, unit: lessons}
  required_teachers: {en: Teachers that the lessons need at the standard load, zh: 按标准课时应配教师数, unit: teachers}
  subject_teachers: {en: Active full-time teachers of the subject, zh: 该学科在职专任教师数, unit: persons}
  teacher_shortage: {en: Teachers missing; zero where there are enough, zh: 教师缺口（满足则为零）, unit: teachers}
*/
with
schools as (select * from core.school_year),

lessons as (
    select *
    from staging.timetable
    where weekly_lessons > 0 and subject <> 'other'
),

staffed_schools as (
    select
        school_year,
        school_code
    from core.school_reporting
    where staff_rows > 0
),

teachers as (
    select
        school_year,
        school_code,
        stage,
        subject,
        count(*) as subject_teachers
    from core.staff_year
    where is_teacher
    group by school_year, school_code, stage, subject
),

needs as (
    select
        lessons.school_year,
        lessons.school_code,
        lessons.stage,
        lessons.subject,
        lessons.weekly_lessons,
        cast(standard.weekly_lessons as integer) as standard_load,
        coalesce(teachers.subject_teachers, 0) as subject_teachers
    from lessons
    inner join staffed_schools
        on lessons.school_year = staffed_schools.school_year and lessons.school_code = staffed_schools.school_code
    inner join reference.standard_teaching_load as standard on lessons.stage = standard.stage
    left join teachers
        on
            lessons.school_year = teachers.school_year
            and lessons.school_code = teachers.school_code
            and lessons.stage = teachers.stage
            and lessons.subject = teachers.subject
)

select
    needs.school_year,
    needs.school_code,
    needs.stage,
    needs.subject as item,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    needs.weekly_lessons,
    apportion(1, needs.weekly_lessons, needs.standard_load) as required_teachers,
    needs.subject_teachers,
    case
        when needs.weekly_lessons > needs.subject_teachers * needs.standard_load
            then apportion(1, needs.weekly_lessons, needs.standard_load) - needs.subject_teachers
        else 0
    end as teacher_shortage
from needs
inner join schools
    on needs.school_year = schools.school_year and needs.school_code = schools.school_code
