/*
title: {en: Health screening, zh: 学生健康监测}
grain:
  en: one row a person, school year, season, school of the examination, and whether it was a retest
  zh: 每人、每学年、每季、每检查学校、是否复测一行
meaning:
  en: >
    Examinations with what they say of eyes, body and mind, and the pupil's place on the roll of that year. Myopia,
    low vision, warning tier and prevention stage are decided here and nowhere else. One examination of a person and
    season is counted: a valid one before others, then the one at the school of the roll, then the earliest.
  zh: >
    各次检查的视力屈光、体格与心理结果，并附学生当年学籍所在学校与年级。近视、视力不良、预警等级与防控阶段只在此判定。
    同一人同一季只计一次：有效者优先，其次为学籍所在校，再次为最早者。
key: [school_year, season, person_key, examined_school_code, is_retest]
partition: school_year
kept_in: parquet
not_null: [is_valid_examination, is_monitored, is_counted]
codes:
  sex: sex
  stage: stage
  grade: grade
  lens_type: lens_type
  mental_level: mental_level
  prevention_stage: prevention_stage
warning:
  en: Count persons with is_counted; retests and second examinations are kept beside it.
  zh: 按人统计须以 is_counted 为条件；复测与重复检查亦保留在表中。
*/
with
examinations as (select * from staging.health_screening),

enrolled as (
    select
        school_year,
        person_key,
        school_code,
        division_code,
        sex,
        stage,
        grade,
        grade_number
    from core.pupil_year
    where is_counted
),

measured as (
    select
        examinations.school_year,
        examinations.season,
        examinations.person_key,
        examinations.school_code as examined_school_code,
        coalesce(examinations.is_retest, false) as is_retest,
        examinations.screened_on,
        coalesce(enrolled.sex, examinations.sex) as sex,
        enrolled.school_code,
        enrolled.division_code,
        enrolled.stage,
        enrolled.grade,
        enrolled.grade_number,
        examinations.age_half_years,
        coalesce(is_health_stage(enrolled.stage), false) as is_monitored,
        coalesce(examinations.lens_type, 'none') as lens_type,
        coalesce(examinations.lens_type, 'none') = 'ortho_k' as wears_ortho_k,
        examinations.naked_acuity_right,
        examinations.naked_acuity_left,
        examinations.naked_acuity_right is not null and examinations.naked_acuity_left is not null as has_both_acuities,
        least(examinations.naked_acuity_right, examinations.naked_acuity_left) as worse_naked_acuity,
        least(examinations.corrected_acuity_right, examinations.corrected_acuity_left) as worse_corrected_acuity,
        spherical_equivalent(examinations.sphere_right, examinations.cylinder_right) as se_right,
        spherical_equivalent(examinations.sphere_left, examinations.cylinder_left) as se_left,
        greatest(abs(examinations.cylinder_right), abs(examinations.cylinder_left)) as larger_cylinder,
        examinations.height_cm,
        examinations.weight_kg,
        examinations.fitness_total,
        coalesce(examinations.is_valid, true) as is_marked_valid,
        coalesce(examinations.mental_screened, false) as is_mental_screened,
        coalesce(examinations.has_mental_file, false) as has_mental_file,
        examinations.mental_level,
        coalesce(examinations.mental_followed_up, false) as is_mental_followed_up
    from examinations
    left join enrolled
        on examinations.school_year = enrolled.school_year and examinations.person_key = enrolled.person_key
),

judged as (
    select
        *,
        is_whole_examination(
            is_marked_valid, is_retest, lens_type, naked_acuity_right, naked_acuity_left, se_right, se_left
        ) as is_valid_examination,
        wears_ortho_k
        or coalesce(is_myopic_eye(naked_acuity_right, se_right, age_half_years), false)
        or coalesce(is_myopic_eye(naked_acuity_left, se_left, age_half_years), false) as looks_myopic,
        coalesce(is_highly_myopic_eye(se_right), false)
        or coalesce(is_highly_myopic_eye(se_left), false) as looks_highly_myopic,
        is_marked_valid and not is_retest and has_both_acuities and not wears_ortho_k as is_acuity_tested
    from measured
),

-- Only these few persons need a window. They are looked for in few columns of the source itself: examinations that two
-- steps share would be kept whole in memory.
repeated_persons as (
    select
        school_year,
        season,
        person_key
    from staging.health_screening
    where not coalesce(is_retest, false)
    group by school_year, season, person_key
    having count(*) > 1
),

ranked_repeats as (
    select
        candidates.school_year,
        candidates.season,
        candidates.person_key,
        candidates.school_code as examined_school_code,
        row_number() over (
            partition by candidates.school_year, candidates.season, candidates.person_key
            order by
                is_whole_examination(
                    candidates.is_valid,
                    candidates.is_retest,
                    candidates.lens_type,
                    candidates.naked_acuity_right,
                    candidates.naked_acuity_left,
                    spherical_equivalent(candidates.sphere_right, candidates.cylinder_right),
                    spherical_equivalent(candidates.sphere_left, candidates.cylinder_left)
                ) desc,
                coalesce(candidates.school_code = pupils.school_code, false) desc,
                candidates.screened_on asc,
                candidates.school_code asc
        ) as preference
    from repeated_persons
    inner join staging.health_screening as candidates
        on
            repeated_persons.school_year = candidates.school_year
            and repeated_persons.season = candidates.season
            and repeated_persons.person_key = candidates.person_key
    left join core.pupil_year as pupils
        on
            repeated_persons.school_year = pupils.school_year
            and repeated_persons.person_key = pupils.person_key
            and pupils.is_counted
    where not coalesce(candidates.is_retest, false)
),

repeats as (
    select
        school_year,
        season,
        person_key,
        examined_school_code
    from ranked_repeats
    where preference > 1
),

-- Thresholds are made decimals once, and not for each examination.
tiers as (
    select
        age,
        cast(acuity_0_below as decimal(4, 2)) as acuity_0_below,
        cast(acuity_1_below as decimal(4, 2)) as acuity_1_below,
        cast(acuity_2_below as decimal(4, 2)) as acuity_2_below,
        cast(acuity_3_below as decimal(4, 2)) as acuity_3_below,
        cast(myopia_0_to as decimal(4, 2)) as myopia_0_to,
        cast(myopia_1_below as decimal(4, 2)) as myopia_1_below,
        cast(myopia_2_below as decimal(4, 2)) as myopia_2_below,
        cast(myopia_3_below as decimal(4, 2)) as myopia_3_below,
        cast(hyperopia_1_above as decimal(4, 2)) as hyperopia_1_above,
        cast(hyperopia_2_above as decimal(4, 2)) as hyperopia_2_above,
        cast(hyperopia_3_above as decimal(4, 2)) as hyperopia_3_above,
        cast(cylinder_0_from as decimal(4, 2)) as cylinder_0_from,
        cast(cylinder_1_from as decimal(4, 2)) as cylinder_1_from,
        cast(cylinder_2_above as decimal(4, 2)) as cylinder_2_above,
        cast(cylinder_3_above as decimal(4, 2)) as cylinder_3_above
    from reference.vision_warning_tiers
),

cutoffs as (
    select
        sex,
        age_half_years,
        cast(overweight_bmi as decimal(4, 1)) as overweight_bmi,
        cast(obese_bmi as decimal(4, 1)) as obese_bmi
    from reference.bmi_cutoffs
)

select
    judged.school_year,
    judged.season,
    judged.person_key,
    judged.examined_school_code,
    judged.is_retest,
    judged.screened_on,
    judged.school_code,
    judged.division_code,
    judged.stage,
    judged.grade,
    judged.grade_number,
    judged.sex,
    judged.age_half_years,
    judged.is_monitored,
    not judged.is_retest and repeats.person_key is null as is_counted,
    judged.is_valid_examination,
    judged.lens_type,
    judged.naked_acuity_right,
    judged.naked_acuity_left,
    judged.worse_naked_acuity,
    judged.worse_corrected_acuity,
    judged.se_right,
    judged.se_left,
    judged.is_acuity_tested,
    judged.is_valid_examination and judged.looks_myopic as is_myopic,
    judged.is_valid_examination and judged.looks_highly_myopic as is_highly_myopic,
    judged.is_acuity_tested and is_low_vision(judged.worse_naked_acuity) as is_low_vision,
    judged.is_valid_examination
    and judged.looks_myopic
    and judged.lens_type in ('frame', 'contact')
    and coalesce(is_adequate_acuity(judged.worse_corrected_acuity), false) as is_corrected_adequately,
    case
        when judged.is_valid_examination
            then
                greatest(
                    case
                        when judged.is_acuity_tested
                            then
                                tier_below(
                                    judged.worse_naked_acuity,
                                    tiers.acuity_0_below,
                                    tiers.acuity_1_below,
                                    tiers.acuity_2_below,
                                    tiers.acuity_3_below
                                )
                    end,
                    -- The watch band of refraction holds its upper end, the tiers do not hold theirs.
                    case
                        when least(judged.se_right, judged.se_left) <= tiers.myopia_0_to then 0
                    end,
                    tier_below(
                        least(judged.se_right, judged.se_left),
                        null,
                        tiers.myopia_1_below,
                        tiers.myopia_2_below,
                        tiers.myopia_3_below
                    ),
                    tier_above(
                        greatest(judged.se_right, judged.se_left),
                        tiers.hyperopia_1_above,
                        tiers.hyperopia_2_above,
                        tiers.hyperopia_3_above
                    ),
                    case
                        when judged.larger_cylinder >= tiers.cylinder_1_from
                            then
                                greatest(
                                    1,
                                    tier_above(
                                        judged.larger_cylinder, null, tiers.cylinder_2_above, tiers.cylinder_3_above
                                    )
                                )
                        when judged.larger_cylinder >= tiers.cylinder_0_from then 0
                    end,
                    -- Night lenses hide the refraction: their wearers are known to be myopic and never below tier 1.
                    case when judged.wears_ortho_k then 1 end
                )
    end as warning_tier,
    case
        when not judged.is_valid_examination then null
        when judged.looks_highly_myopic then 'specialist'
        when judged.looks_myopic then 'control'
        else 'prevent'
    end as prevention_stage,
    judged.height_cm,
    judged.weight_kg,
    judged.height_cm is not null and judged.weight_kg is not null and cutoffs.age_half_years is not null as is_measured,
    coalesce(
        has_bmi_of(judged.weight_kg, judged.height_cm, cutoffs.overweight_bmi)
        and not has_bmi_of(judged.weight_kg, judged.height_cm, cutoffs.obese_bmi),
        false
    ) as is_overweight,
    coalesce(has_bmi_of(judged.weight_kg, judged.height_cm, cutoffs.obese_bmi), false) as is_obese,
    judged.fitness_total,
    judged.is_mental_screened,
    judged.has_mental_file,
    judged.mental_level,
    judged.is_mental_followed_up
from judged
left join repeats
    on
        judged.school_year = repeats.school_year
        and judged.season = repeats.season
        and judged.person_key = repeats.person_key
        and judged.examined_school_code = repeats.examined_school_code
left join cutoffs
    on judged.sex = cutoffs.sex and judged.age_half_years = cutoffs.age_half_years
left join tiers on vision_age(judged.age_half_years) = tiers.age
