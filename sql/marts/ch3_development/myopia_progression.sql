/*
title: {en: Progression of refraction, zh: 屈光度进展}
grain:
  en: one row a division, stage, grade, sex and school year, of the later of two autumns
  zh: 每区划、每学段、每年级、每性别、每学年（后一年秋季）一行
meaning:
  en: >
    Pupils validly examined in this autumn and the one before without night orthokeratology in either: by how many
    dioptres both eyes together went towards myopia, and over how many days each eye was followed. The quotient
    is dioptres a day; the pupils who were myopic in the first autumn are counted apart as well.
  zh: 连续两年秋季均有效受检且均未夜戴角膜塑形镜的学生：双眼等效球镜向近视方向变化之和（D）与各眼随访天数之和，其商为每日变化；上年已近视者另行计数。
key: [school_year, division_code, stage, grade, sex]
partition: school_year
look_back: 1
not_null: [followed_pupils, myopic_shift_dioptres, followed_eye_days, followed_myopes, followed_myopes_eye_days]
codes: {stage: stage, grade: grade, sex: sex}
*/
with
refractions as (
    select
        first_year_of(school_year) as first_year,
        school_year,
        person_key,
        division_code,
        stage,
        grade,
        sex,
        screened_on,
        is_myopic,
        se_right + se_left as both_eyes_se
    from core.screening
    where season = 'autumn' and is_counted and is_monitored and is_valid_examination and lens_type <> 'ortho_k'
),

followed as (
    select
        later.school_year,
        later.division_code,
        later.stage,
        later.grade,
        later.sex,
        earlier.is_myopic as was_myopic,
        earlier.both_eyes_se - later.both_eyes_se as myopic_shift_dioptres,
        2 * (day_number(later.screened_on) - day_number(earlier.screened_on)) as eye_days
    from refractions as later
    inner join refractions as earlier
        on later.person_key = earlier.person_key and later.first_year = earlier.first_year + 1
)

select
    school_year,
    division_code,
    stage,
    grade,
    sex,
    count(*) as followed_pupils,
    sum(myopic_shift_dioptres) as myopic_shift_dioptres,
    cast(sum(eye_days) as bigint) as followed_eye_days,
    count(*) filter (where was_myopic) as followed_myopes,
    coalesce(sum(myopic_shift_dioptres) filter (where was_myopic), 0) as myopes_shift_dioptres,
    cast(coalesce(sum(eye_days) filter (where was_myopic), 0) as bigint) as followed_myopes_eye_days
from followed
group by school_year, division_code, stage, grade, sex
