-- sqlfluff:exclude_rules:LT02
-- Digital education: what counts as connected, used and protected.

-- Ten gigabits a second, measured.
create or replace macro is_ten_gigabit(link_mbps, measured_on) as
    coalesce(link_mbps >= 10000 and measured_on is not null, false);

-- The grades that smart homework is for, and those whose information literacy is tested.
create or replace macro is_smart_homework_grade(grade_number) as grade_number between 3 and 9;
create or replace macro is_literacy_test_grade(grade) as grade in ('p4', 'j2');

-- The calendar month of a school year as 2024-09: months from September on lie in its first year.
create or replace macro month_text(school_year, calendar_month) as
    concat(
        cast(first_year_of(school_year) + case when calendar_month < 9 then 1 else 0 end as varchar),
        '-',
        right(concat('0', cast(calendar_month as varchar)), 2)
    );

-- Systems from level two on are filed; level two is assessed every two years, higher ones every year.
create or replace macro needs_filing(protection_level) as protection_level >= 2;
create or replace macro has_valid_assessment(protection_level, assessed_on, school_year) as
    coalesce(
        assessed_on >= case
            when protection_level >= 3 then census_date_before(school_year, 1)
            else census_date_before(school_year, 2)
        end,
        false
    );
