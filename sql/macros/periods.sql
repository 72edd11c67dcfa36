-- sqlfluff:exclude_rules:LT02
-- School years and ages. A school year is written '2024-25' and counted on 1 September of its first year.

create or replace macro first_year_of(school_year) as cast(left(school_year, 4) as integer);

create or replace macro school_year_of(first_year) as
    concat(cast(first_year as varchar), '-', right(cast(first_year + 1 as varchar), 2));

create or replace macro census_date(school_year) as make_date(first_year_of(school_year), 9, 1);

-- The census date so many years earlier.
create or replace macro census_date_before(school_year, years) as make_date(first_year_of(school_year) - years, 9, 1);

-- Completed years on 31 August before the census: who is born in September or later has a birthday still to come.
create or replace macro age_at_census(school_year, birth_month) as
    first_year_of(school_year) - year(birth_month) - case when month(birth_month) > 8 then 1 else 0 end;

-- The school year whose roll weights age-standardised figures, so that a change of the roll cannot move them.
create or replace macro standard_school_year() as '2020-21';

-- Days on one running count, so that the difference of two is the days between them: engines differ in how they
-- subtract dates. Years begin in March, which puts the leap day last.
create or replace macro march_year(day) as year(day) - case when month(day) < 3 then 1 else 0 end;
create or replace macro march_month(day) as month(day) + case when month(day) < 3 then 9 else -3 end;
create or replace macro day_number(day) as
    365 * march_year(day) + march_year(day) // 4 - march_year(day) // 100 + march_year(day) // 400
    + (153 * march_month(day) + 2) // 5 + day(day);

-- Pupils of a calendar year in pupil-months: the census of the autumn before holds for eight months, the next for four.
create or replace macro months_until_census(pupils) as 8 * pupils;
create or replace macro months_since_census(pupils) as 4 * pupils;
