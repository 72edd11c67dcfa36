/*
title: {en: Vision health, zh: 视力健康}
grain:
  en: one row a school, stage, grade, sex and school year with monitored pupils
  zh: 每校、每学段、每年级、每性别、每学年一行（有监测对象者）
meaning:
  en: >
    Autumn screening of pupils counted on the roll in primary, junior and general senior stages: who was validly
    examined and what was found. Pupils of the stratum stand beside them as weights, also where nobody was screened.
  zh: 小学、初中、普通高中在籍学生的秋季筛查：有效受检人数与检出结果；并列示该层在校生数作为权重（含未筛查者）。
key: [school_year, school_code, stage, grade, sex]
partition: school_year
not_null: [division_code, urban_class, ownership, grade_number, pupils, valid_examinations, myopic_pupils]
codes: {stage: stage, grade: grade, sex: sex}
publish:
  - name: vision
    by: [division_code, stage, grade, grade_number]
    title: {en: Vision health by district and grade, zh: 视力健康（分区县、年级）}
  - name: vision_schools
    by: [school_code, division_code, urban_class, ownership, stage]
    title: {en: Vision health by school, zh: 视力健康（分学校）}
*/
with
enrolment as (
    select *
    from core.enrolment_cell
    where count_source = 'roll' and is_health_stage(stage)
),

examined as (
    select
        school_year,
        school_code,
        stage,
        grade,
        sex,
        count(*) filter (where not is_retest) as examinations,
        count(*) filter (where is_valid_examination) as complete_examinations,
        count(*) filter (where is_counted and is_valid_examination) as valid_examinations,
        count(*) filter (where is_counted and is_myopic) as myopic_pupils,
        count(*) filter (where is_counted and is_highly_myopic) as highly_myopic_pupils,
        count(*) filter (where is_counted and is_acuity_tested) as acuity_tested_pupils,
        count(*) filter (where is_counted and is_low_vision) as low_vision_pupils,
        count(*) filter (where is_counted and is_low_vision and is_light_low_vision(worse_naked_acuity))
            as light_low_vision_pupils,
        count(*) filter (where is_counted and is_low_vision and is_middle_low_vision(worse_naked_acuity))
            as middle_low_vision_pupils,
        count(*) filter (where is_counted and is_low_vision and is_severe_low_vision(worse_naked_acuity))
            as severe_low_vision_pupils,
        count(*) filter (where is_counted and is_myopic and lens_type <> 'ortho_k') as myopic_without_ortho_k,
        count(*) filter (where is_counted and is_corrected_adequately) as adequately_corrected_pupils
    from core.screening
    where season = 'autumn' and is_monitored
    group by school_year, school_code, stage, grade, sex
)

select
    enrolment.school_year,
    enrolment.school_code,
    enrolment.division_code,
    enrolment.urban_class,
    enrolment.ownership,
    enrolment.stage,
    enrolment.grade,
    enrolment.grade_number,
    enrolment.sex,
    enrolment.pupils,
    coalesce(examined.examinations, 0) as examinations,
    coalesce(examined.complete_examinations, 0) as complete_examinations,
    coalesce(examined.valid_examinations, 0) as valid_examinations,
    coalesce(examined.myopic_pupils, 0) as myopic_pupils,
    coalesce(examined.highly_myopic_pupils, 0) as highly_myopic_pupils,
    coalesce(examined.acuity_tested_pupils, 0) as acuity_tested_pupils,
    coalesce(examined.low_vision_pupils, 0) as low_vision_pupils,
    coalesce(examined.light_low_vision_pupils, 0) as light_low_vision_pupils,
    coalesce(examined.middle_low_vision_pupils, 0) as middle_low_vision_pupils,
    coalesce(examined.severe_low_vision_pupils, 0) as severe_low_vision_pupils,
    coalesce(examined.myopic_without_ortho_k, 0) as myopic_without_ortho_k,
    coalesce(examined.adequately_corrected_pupils, 0) as adequately_corrected_pupils
from enrolment
left join examined
    on
        enrolment.school_year = examined.school_year
        and enrolment.school_code = examined.school_code
        and enrolment.stage = examined.stage
        and enrolment.grade = examined.grade
        and enrolment.sex = examined.sex
