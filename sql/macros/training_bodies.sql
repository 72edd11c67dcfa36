-- sqlfluff:exclude_rules:LT02
-- Off-campus training bodies: licensed on the census date.

create or replace macro is_licensed(licence_number, licensed_until, school_year) as
    licence_number is not null and coalesce(licensed_until >= census_date(school_year), true);
