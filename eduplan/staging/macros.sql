-- Macros of the engine itself. Those of a project stand in its sql/macros/.

-- Sum of the weighted digits of the first 17 characters of an identity number, modulo 11 (GB 11643).
-- The weights are powers of two, so the sum over digits is one over the number's own quotients by powers of ten.
create or replace macro identity_check_sum(digits) as
    (
        2 * digits
        + 6 * (digits // 10) + digits // 100 + 2 * (digits // 1000) + 4 * (digits // 10000)
        + 8 * (digits // 100000) + 5 * (digits // 1000000) + 10 * (digits // 10000000) + 9 * (digits // 100000000)
        + 7 * (digits // 1000000000) + 3 * (digits // 10000000000) + 6 * (digits // 100000000000)
        + digits // 1000000000000 + 2 * (digits // 10000000000000) + 4 * (digits // 100000000000000)
        + 8 * (digits // 1000000000000000) + 5 * (digits // 10000000000000000)
    ) % 11;

-- The check character that belongs to such a sum.
create or replace macro identity_check_character(digits) as
    substr('10X98765432', cast(identity_check_sum(digits) + 1 as bigint), 1);

-- Whether birth date and sex are those that an identity number says. A birth date on the first of a month may stand for
-- the month alone. Other certificates than the resident identity card say neither, so nothing disagrees with them.
create or replace macro identity_agrees(id, birth_date, sex) as
    case
        when length(id) <> 18 then true
        else
            try_cast(substr(id, 7, 8) as integer) - 10000 * year(birth_date) - 100 * month(birth_date)
            between day(birth_date) and case when day(birth_date) = 1 then 31 else day(birth_date) end
            and (try_cast(substr(id, 17, 1) as integer) % 2 = 1) = (sex = 'male')
    end;

-- Months that are complete between two dates.
create or replace macro completed_months(since, until) as
    (year(until) - year(since)) * 12 + month(until) - month(since) - case when day(until) < day(since) then 1 else 0 end;

create or replace macro completed_years(since, until) as completed_months(since, until) // 12;

-- Age in half years, as the tables of growth have it.
create or replace macro completed_half_years(birth, until) as completed_months(birth, until) // 6;
