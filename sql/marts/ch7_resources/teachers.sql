/*
title: {en: Teachers, zh: 专任教师}
grain:
  en: one row a school, stage taught, sex and school year
  zh: 每校、每任教学段、每性别、每学年一行
meaning:
  en: Active full-time teachers by the stage that they teach, and how many of them are what the plan asks about.
  zh: 按任教学段统计的在职专任教师及其中各类教师数。
key: [school_year, school_code, stage, sex]
partition: school_year
not_null: [division_code, urban_class, ownership, teachers]
codes: {sex: sex}
columns:
  stage: {en: Stage that the teachers teach; _U where the roll names none, zh: 任教学段；名册未注明者为 _U}
publish:
  - name: teachers
    by: [division_code, stage, sex]
    title: {en: 'Teachers by district, stage and sex', zh: 教师（分区县、学段、性别）}
  - name: teachers_schools
    by: [school_code, division_code, urban_class, ownership, stage]
    title: {en: Teachers by school and stage, zh: 教师（分学校、学段）}
*/
with
schools as (select * from core.school_year),

teachers as (
    select
        school_year,
        school_code,
        coalesce(stage, '_U') as stage,
        sex,
        count(*) as teachers,
        count(*) filter (where is_qualified) as qualified_teachers,
        count(*) filter (where is_highly_qualified) as highly_qualified_teachers,
        count(*) filter (where training_hours is not null) as teachers_with_known_training,
        count(*) filter (where is_trained) as trained_teachers,
        count(*) filter (where is_backbone) as backbone_teachers,
        count(*) filter (where is_rotation_eligible) as rotation_eligible_teachers,
        count(*) filter (where is_rotated) as rotated_teachers,
        count(*) filter (where is_rotated and (is_backbone or has_senior_title)) as rotated_leading_teachers
    from core.staff_year
    where is_teacher
    group by school_year, school_code, coalesce(stage, '_U'), sex
)

select
    teachers.school_year,
    teachers.school_code,
    schools.division_code,
    schools.urban_class,
    schools.ownership,
    teachers.stage,
    teachers.sex,
    teachers.teachers,
    teachers.qualified_teachers,
    teachers.highly_qualified_teachers,
    teachers.teachers_with_known_training,
    teachers.trained_teachers,
    teachers.backbone_teachers,
    teachers.rotation_eligible_teachers,
    teachers.rotated_teachers,
    teachers.rotated_leading_teachers
from teachers
inner join schools
    on teachers.school_year = schools.school_year and teachers.school_code = schools.school_code
