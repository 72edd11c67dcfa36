-- sqlfluff:exclude_rules:LT02
-- Children with disability: who is of compulsory school age, and what counts as approved, recent and leaving.

-- Aged 6 to 14 on 31 August, or 15 and still in the stage.
create or replace macro is_compulsory_age(age, is_still_in_stage) as
    age between 6 and 14 or (age = 15 and is_still_in_stage);

-- A deferral is approved while it has a reason and an end that is still to come.
create or replace macro is_approved_deferral(deferral_reason, deferred_until, school_year) as
    deferral_reason is not null and coalesce(deferred_until > census_date(school_year), false);

-- A placement assessment stands for twelve months.
create or replace macro is_recent_assessment(assessed_on, school_year) as
    coalesce(assessed_on >= census_date_before(school_year, 1), false);

-- Who completed the stage since the last census date.
create or replace macro is_recent_completion(completed_on, school_year) as
    coalesce(completed_on > census_date_before(school_year, 1) and completed_on <= census_date(school_year), false);
