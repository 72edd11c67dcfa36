/*
title: {en: Staff by year, zh: 分学年教职工}
grain:
  en: one row a member of staff, school and school year
  zh: 每名教职工、每校、每学年一行
meaning:
  en: >
    The staff roll with what each teacher counts as: qualified for the stage taught, above that, backbone at county
    level or higher, due to rotate, near retirement. A teacher is an active full-time teacher.
  zh: 教职工名册及每名教师的统计属性：学历是否合格、是否高于规定、是否县级以上骨干、是否应交流、是否临近退休。教师指在职专任教师。
key: [school_year, person_key, school_code]
partition: school_year
kept_in: parquet
not_null: [division_code, sex, age, staff_category, staff_status, is_active, is_teacher, is_backbone]
codes:
  sex: sex
  stage: stage
  staff_category: staff_category
  staff_status: staff_status
  subject: subject
  education_level: education_level
  professional_title: professional_title
  certificate_kind: teacher_certificate
  backbone_level: backbone_level
  mental_health_role: mental_health_role
*/
with
staff as (select * from staging.staff_roll)

select
    staff.school_year,
    staff.person_key,
    staff.school_code,
    schools.division_code,
    staff.sex,
    staff.birth_month,
    cast(age_at_census(staff.school_year, staff.birth_month) as integer) as age,
    staff.staff_category,
    staff.staff_status,
    staff.stage_taught as stage,
    staff.subject,
    staff.education_level,
    staff.professional_title,
    coalesce(staff.certificate_kind, 'none') as certificate_kind,
    coalesce(staff.backbone_level, 'none') as backbone_level,
    coalesce(staff.mental_health_role, 'none') as mental_health_role,
    staff.entered_school_on,
    staff.training_hours,
    coalesce(staff.is_established, false) as is_established,
    coalesce(staff.is_special_education_trained, false) as is_special_education_trained,
    coalesce(staff.rotated_this_year, false) as is_rotated,
    staff.staff_status = 'active' as is_active,
    staff.staff_status = 'active' and staff.staff_category = 'full_time_teacher' as is_teacher,
    coalesce(staff.certificate_kind, 'none') <> 'none' as is_certified,
    coalesce(levels.rank >= standard.needed_rank, false) as is_qualified,
    coalesce(levels.rank >= standard.high_rank, false) as is_highly_qualified,
    coalesce(levels.rank >= standard.above_qualified_rank, false) as is_above_qualified,
    coalesce(staff.backbone_level in ('county', 'city', 'province', 'national'), false) as is_backbone,
    coalesce(staff.professional_title in ('senior', 'full_senior'), false) as has_senior_title,
    coalesce(staff.subject in ('physical_education', 'music', 'art'), false) as teaches_pe_or_art,
    coalesce(staff.rotated_this_year, false)
    or coalesce(is_due_to_rotate(staff.entered_school_on, staff.school_year), false) as is_rotation_eligible,
    coalesce(has_training_hours(staff.training_hours), false) as is_trained,
    is_near_retirement(staff.sex, age_at_census(staff.school_year, staff.birth_month)) as is_near_retirement
from staff
inner join core.school_year as schools
    on staff.school_year = schools.school_year and staff.school_code = schools.school_code
left join codes.education_level as levels on staff.education_level = levels.code
left join reference.teacher_education_standard as standard on staff.stage_taught = standard.stage
