-- sqlfluff:exclude_rules:LT02
-- Recognitions of units and persons: the day that they are counted on, and the plan's years.

-- The day on which registers of recognitions stand: the last of the calendar year that the school year starts in, so
-- that what a plan promises until the end of a year is counted at that end and not at the census before it.
create or replace macro register_date(school_year) as make_date(first_year_of(school_year), 12, 31);

-- Whether what runs from one day to another, both included, is in force on a day; without an end it runs on.
create or replace macro is_in_force(valid_from, valid_to, on_day) as
    valid_from <= on_day and coalesce(valid_to >= on_day, true);

-- The years that the plan is for.
create or replace macro is_in_plan_period(day) as year(day) between 2021 and 2025;
