-- sqlfluff:exclude_rules:LT02
-- Safety of schools and kindergartens: what each must have.

-- Guards: one below 100 pupils, two from there on and in boarding schools, one more for each full 500 above 1,000.
create or replace macro guards_needed(pupils, is_boarding_school) as
    cast(
        case
            when pupils > 1000 then 2 + (pupils - 1000) // 500
            when pupils >= 100 or is_boarding_school then 2
            else 1
        end as bigint
    );

-- An alarm works that was tested within a year, a platform is used that was reported to within thirty days.
create or replace macro is_tested(tested_on, filled_on) as
    coalesce(tested_on between filled_on - interval 365 day and filled_on, false);
create or replace macro is_reporting(last_reported_on, filled_on) as
    coalesce(last_reported_on between filled_on - interval 30 day and filled_on, false);

-- Drills: every teaching month, of which a year has nine; every quarter in kindergartens.
create or replace macro has_enough_drills(stage, months_with_drill) as
    months_with_drill >= case when stage = 'preschool' then 4 else 9 end;

-- The last day of a school year, by which a hazard must be due to be judged in it.
create or replace macro last_day_of(school_year) as make_date(first_year_of(school_year) + 1, 8, 31);

-- A hazard is judged once it is removed or due within the school year, and removed on time up to the day it is due.
create or replace macro is_hazard_judged(due_on, closed_on, school_year) as
    closed_on is not null or due_on <= last_day_of(school_year);
create or replace macro is_closed_on_time(due_on, closed_on) as coalesce(closed_on <= due_on, false);

-- Papers count that are valid on the census date.
create or replace macro is_valid_at_census(valid_to, school_year) as
    coalesce(valid_to >= census_date(school_year), false);
