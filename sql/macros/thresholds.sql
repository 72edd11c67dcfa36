-- sqlfluff:exclude_rules:LT02
-- Thresholds that are one number. Those with a value per stage, age or item stand in sql/reference/.

-- Classes of 56 pupils or more are large, of 66 or more over-large.
create or replace macro is_large_class(pupils) as pupils >= 56;
create or replace macro is_over_large_class(pupils) as pupils >= 66;

-- Space that a kindergarten needs for each child, in square metres.
create or replace macro has_kindergarten_space(outdoor_area, activity_area, building_area, children) as
    coalesce(outdoor_area, 0) >= 4 * children
    and coalesce(activity_area, 0) >= cast(8.17 as decimal(4, 2)) * children
    and coalesce(building_area, 0) >= cast(10.44 as decimal(4, 2)) * children;

-- A teaching point counts towards quality balance from 50 pupils on.
create or replace macro is_balance_school(school_type, pupils) as
    is_compulsory_school(school_type) and (school_type <> '218' or pupils >= 50);

-- Six items of seven reach their threshold and the other one at least 85 % of it.
create or replace macro is_balanced(items_reached, items_near) as items_reached >= 6 and items_near >= 7;
create or replace macro is_near(value, threshold) as value >= cast(0.85 as decimal(3, 2)) * threshold;

-- Screening myopia of an eye: naked acuity below the chart line of the age, spherical equivalent below -0.50 D.
create or replace macro spherical_equivalent(sphere, cylinder) as sphere + cylinder * cast(0.5 as decimal(2, 1));
create or replace macro normal_acuity(age_half_years) as
    case when age_half_years < 12 then cast(4.9 as decimal(3, 1)) else cast(5.0 as decimal(3, 1)) end;
create or replace macro is_myopic_eye(naked_acuity, se, age_half_years) as
    naked_acuity < normal_acuity(age_half_years) and se < cast(-0.50 as decimal(4, 2));
-- An examination that says whether somebody is myopic; a retest only says how well was measured.
create or replace macro is_whole_examination(
    is_valid, is_retest, lens_type, acuity_right, acuity_left, se_right, se_left
) as
    coalesce(is_valid, true)
    and not coalesce(is_retest, false)
    and (
        coalesce(lens_type, 'none') = 'ortho_k'
        or (acuity_right is not null and acuity_left is not null and se_right is not null and se_left is not null)
    );
create or replace macro is_highly_myopic_eye(se) as se < cast(-6.00 as decimal(4, 2));

-- Degree of low vision by the worse eye.
create or replace macro is_low_vision(acuity) as acuity < cast(5.0 as decimal(3, 1));
create or replace macro is_light_low_vision(acuity) as acuity = cast(4.9 as decimal(3, 1));
create or replace macro is_middle_low_vision(acuity) as
    acuity between cast(4.6 as decimal(3, 1)) and cast(4.8 as decimal(3, 1));
create or replace macro is_severe_low_vision(acuity) as acuity <= cast(4.5 as decimal(3, 1));

-- Warning tiers: 0 watch, then 1 to 3 by severity. Their thresholds stand in sql/reference/vision_warning_tiers.csv,
-- by completed age from 3 to 8, which is everybody older as well.
create or replace macro vision_age(age_half_years) as least(greatest(age_half_years // 2, 3), 8);
create or replace macro tier_below(value, below_0, below_1, below_2, below_3) as
    case
        when value < cast(below_3 as decimal(4, 2)) then 3
        when value < cast(below_2 as decimal(4, 2)) then 2
        when value < cast(below_1 as decimal(4, 2)) then 1
        when value < cast(below_0 as decimal(4, 2)) then 0
    end;
create or replace macro tier_above(value, above_1, above_2, above_3) as
    case
        when value > cast(above_3 as decimal(4, 2)) then 3
        when value > cast(above_2 as decimal(4, 2)) then 2
        when value > cast(above_1 as decimal(4, 2)) then 1
    end;

-- A unit is monitored when nine in ten of its parts are: pupils of a school, schools of a district, districts.
create or replace macro is_monitored_unit(parts_reached, parts) as parts_reached * 10 >= parts * 9;

-- Retests: how far an item may lie from the first examination (lines of acuity, dioptres, cm, kg).
create or replace macro is_outside_acuity_tolerance(first, again) as abs(first - again) > cast(0.1 as decimal(3, 1));
create or replace macro is_outside_refraction_tolerance(first, again) as
    abs(first - again) > cast(0.50 as decimal(4, 2));
create or replace macro is_outside_height_tolerance(first, again) as abs(first - again) > cast(0.5 as decimal(3, 1));
create or replace macro is_outside_weight_tolerance(first, again) as abs(first - again) > cast(0.1 as decimal(3, 1));

-- A correction is enough when both eyes reach this line with it.
create or replace macro is_adequate_acuity(acuity) as acuity >= cast(4.9 as decimal(3, 1));

-- Fitness standard: pass from 60, good from 80.
create or replace macro is_fitness_pass(total) as total >= 60;
create or replace macro is_fitness_good(total) as total >= 80;

-- School doctors: one health professional for each 600 pupils or part of them, in boarding schools and from 600 on.
create or replace macro needs_school_doctor(is_boarding_school, pupils) as is_boarding_school or pupils >= 600;
create or replace macro doctors_needed(pupils) as cast((pupils + 599) // 600 as bigint);

-- Schools of more than 1,000 pupils need a full-time mental-health teacher.
create or replace macro needs_full_time_counsellor(pupils) as pupils > 1000;

-- Rural schools with five pupils with disability or more need a resource room.
create or replace macro needs_resource_room(pupils_with_disability) as pupils_with_disability >= 5;

-- Teachers: in-service training in five years, years in one school before rotation, ages that near retirement.
create or replace macro has_training_hours(hours) as hours >= 360;
create or replace macro is_due_to_rotate(entered_school_on, school_year) as
    entered_school_on <= census_date_before(school_year, 6);
create or replace macro is_near_retirement(sex, age) as
    case when sex = 'male' then age >= 55 when sex = 'female' then age >= 50 else false end;

-- Age bands of staff.
create or replace macro age_band(age) as
    case
        when age < 30 then 'age_under_30'
        when age < 40 then 'age_30_39'
        when age < 50 then 'age_40_49'
        else 'age_50_and_over'
    end;

-- Schools below 100 pupils are small; their running costs are set as for 100.
create or replace macro is_small_school(pupils) as pupils < 100;

-- Kindergartens are evaluated at least once in five years.
create or replace macro is_evaluated_in_cycle(evaluated_on, school_year) as
    evaluated_on > census_date_before(school_year, 5) and evaluated_on <= census_date(school_year);

-- Yearly running costs against the standard for each pupil; a small school gets what 100 pupils would, its parts in
-- proportion. Pupils come in pupil-months, so that nothing is divided.
create or replace macro reaches_running_cost_standard(running_costs, standard, part_months, school_months) as
    case
        when is_small_school(cast(school_months as decimal(18, 4)) / 12)
            then 12 * running_costs * school_months >= standard * 12 * 100 * part_months
        else 12 * running_costs >= standard * part_months
    end;

-- A body is recognised from its document to the end of its term, and lives while it shows so within two years.
create or replace macro is_recognised_body(recognised_on, valid_until, school_year) as
    recognised_on <= census_date(school_year) and coalesce(valid_until >= census_date(school_year), true);
create or replace macro has_fresh_evidence(evidence_on, school_year) as
    evidence_on >= census_date_before(school_year, 2) and evidence_on <= census_date(school_year);

-- Three plus one plus two gives twelve subject combinations.
create or replace macro has_combinations(combinations) as combinations >= 12;
