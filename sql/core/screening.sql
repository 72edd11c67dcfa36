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
        is_marked_valid
        and not is_retest
        and (wears_ortho_k or (has_both_acuities and se_right is not null and se_left is not null))
            as is_valid_examination,
        wears_ortho_k
        or coalesce(is_myopic_eye(naked_acuity_right, se_right, age_half_years), false)
        or coalesce(is_myopic_eye(naked_acuity_left, se_left, age_half_years), false) as looks_myopic,
        coalesce(is_highly_myopic_eye(se_right), false)
        or coalesce(is_highly_myopic_eye(se_left), false) as looks_highly_myopic,
        is_marked_valid and not is_retest and has_both_acuities and not wears_ortho_k as is_acuity_tested
    from measured
),

-- Only these few persons need a window.
repeated_persons as (
    select
        school_year,
        season,
        person_key
    from examinations
    where not coalesce(is_retest, false)
    group by school_year, season, person_key
    having count(*) > 1
),

ranked_repeats as (
    select
        judged.school_year,
        judged.season,
        judged.person_key,
        judged.examined_school_code,
        row_number() over (
            partition by judged.school_year, judged.season, judged.person_key
            order by
                judged.is_valid_examination desc,
                coalesce(judged.examined_school_code = judged.school_code, false) desc,
                judged.screened_on asc,
                judged.examined_school_code asc
        ) as preference
    from judged
    inner join repeated_persons
        on
            judged.school_year = repeated_persons.school_year
            and judged.season = repeated_persons.season
            and judged.person_key = repeated_persons.person_key
    where not judged.is_retest
),

repeats as (
    select
        school_year,
        season,
        person_key,
        examined_school_code
    from ranked_repeats
    where preference > 1
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
                        when least(judged.se_right, judged.se_left) <= cast(tiers.myopia_0_to as decimal(4, 2)) then 0
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
                        when judged.larger_cylinder >= cast(tiers.cylinder_1_from as decimal(4, 2))
                            then
                                greatest(
                                    1,
                                    tier_above(
                                        judged.larger_cylinder, null, tiers.cylinder_2_above, tiers.cylinder_3_above
                                    )
                                )
                        when judged.larger_cylinder >= cast(tiers.cylinder_0_from as decimal(4, 2)) then 0
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
left join reference.bmi_cutoffs as cutoffs
    on judged.sex = cutoffs.sex and judged.age_half_years = cutoffs.age_half_years
left join reference.vision_warning_tiers as tiers on vision_age(judged.age_half_years) = tiers.age
