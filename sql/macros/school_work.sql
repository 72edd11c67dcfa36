-- sqlfluff:exclude_rules:LT02
-- What the work of a school is held against.

-- Every subject of every grade with all its hours.
create or replace macro offers_full_course(offered, planned) as offered = planned and planned > 0;

-- Labour in every grade once a week, and a labour week.
create or replace macro has_labour_course(periods_a_week, has_labour_week) as periods_a_week >= 1 and has_labour_week;

-- Health education in every grade four times a term.
create or replace macro has_health_course(periods_a_term) as periods_a_term >= 4;

-- A parent school and a parent committee, with two sessions a term.
create or replace macro works_with_parents(has_school, has_committee, sessions_a_term) as
    has_school and has_committee and sessions_a_term >= 2;
