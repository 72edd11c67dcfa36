/*
title: {en: How a cohort became its leavers, zh: 队列核对表}
grain: {en: one row a division and school year of the ninth grade, zh: 每区划、每九年级学年一行}
meaning:
  en: >
    The pupils of a ninth grade (ordinary stages), from the grade that they had eight years before or in the year of the
    first roll: entrants, plus who came, minus who went. Entrants and leavers are counted in the enrolment cells, flows
    person by person, so that the balance tests both. Moves are between divisions of the city or with special schools. A
    release leaves out entrants and leavers, which ch1_context.enrolment has, and moves: with all of them a small item
    could be worked out.
  zh: >
    普通学段九年级学生的来历：自八年前（或首个学籍年度）所在年级起，期初人数加各类流入、减各类流出等于期末人数。期初、期末取自在校生单元格，流动按人统计，以此互相核验。
    “变动”指市内跨区划或与特教学校之间的变动。发布版不含期初、期末（见 ch1_context.enrolment）与变动，以免由平衡关系推出小数目。
key: [school_year, division_code]
partition: school_year
look_back: 8
not_null:
  - years_tracked
  - cohort_entrants
  - transfers_in
  - returned_pupils
  - moves_in
  - repeats_and_skips_in
  - arrivals_without_reason
  - transfers_out
  - deaths
  - drop_outs
  - suspensions
  - moves_out
  - repeats_and_skips_out
  - losses_without_reason
  - cohort_leavers
columns:
  deaths: {en: Pupils of the cohort who died, zh: 队列中死亡人数, unit: persons}
warning:
  en: Cohorts that a ninth grade of different years is made of overlap; do not add school years.
  zh: 不同九年级学年的队列相互重叠，不得跨学年相加。
*/
with
flows as (
    select
        *,
        first_year_of(school_year) as first_year,
        first_year_of(school_year) - 1 + 9 - grade_number as ninth_year_before,
        first_year_of(school_year) + 9 - grade_number_now as ninth_year_now
    from ch4_system.pupil_flows
),

cells as (
    select
        first_year_of(school_year) as first_year,
        division_code,
        grade_number,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    where count_source = 'roll' and stage in ('primary', 'junior') and is_compulsory_grade(grade_number)
    group by school_year, division_code, grade_number
),

roll_years as (
    select first_year
    from cells
    group by first_year
),

spans as (
    select
        years.first_year as ninth_year,
        years.first_year - greatest(min(earlier.first_year), years.first_year - 8) as years_tracked
    from roll_years as years
    inner join roll_years as earlier on years.first_year > earlier.first_year
    group by years.first_year
),

-- Who is counted in another cohort or division than before leaves the one and comes to the other.
outflows as (
    select
        first_year,
        ninth_year_before as ninth_year,
        division_code,
        case
            when flow in ('died', 'left_city', 'dropped_out', 'suspended') then concat('out_', flow)
            when flow in ('lost', 'not_reported') then 'out_lost'
            when flow = 'to_special_school' then 'out_moved'
            when ninth_year_now <> ninth_year_before then 'out_regraded'
            else 'out_moved'
        end as kind,
        pupils
    from flows
    where
        flow in (
            'promoted', 'repeated', 'moved_down', 'skipped', 'to_special_school', 'died', 'left_city', 'dropped_out',
            'suspended', 'lost', 'not_reported'
        )
        and (
            flow = 'to_special_school'
            or grade_number_now = 0
            or ninth_year_now <> ninth_year_before
            or division_code_now <> division_code
        )
),

inflows as (
    select
        first_year,
        ninth_year_now as ninth_year,
        division_code_now as division_code,
        case
            when flow = 'transferred_in' then 'in_transferred'
            when flow in ('returned', 'resumed') then 'in_returned'
            when flow = 'from_special_school' then 'in_moved'
            when flow in ('entered', 'arrived_otherwise', 'not_reported_before') then 'in_arrived'
            when ninth_year_now <> ninth_year_before then 'in_regraded'
            else 'in_moved'
        end as kind,
        pupils
    from flows
    where
        is_arrival(flow)
        or (
            flow in ('promoted', 'repeated', 'moved_down', 'skipped')
            and is_compulsory_grade(grade_number_now)
            and (ninth_year_now <> ninth_year_before or division_code_now <> division_code)
        )
),

moves as (
    select * from outflows
    union all
    select * from inflows
),

entries as (
    select
        spans.ninth_year,
        moves.division_code,
        moves.kind,
        moves.pupils
    from spans
    inner join moves
        on
            spans.ninth_year = moves.ninth_year
            and moves.first_year > spans.ninth_year - spans.years_tracked
            and spans.ninth_year >= moves.first_year
    union all
    select
        spans.ninth_year,
        cells.division_code,
        'entrants' as kind,
        cells.pupils
    from spans
    inner join cells
        on
            spans.ninth_year - spans.years_tracked = cells.first_year
            and 9 - spans.years_tracked = cells.grade_number
    union all
    select
        spans.ninth_year,
        cells.division_code,
        'leavers' as kind,
        cells.pupils
    from spans
    inner join cells on spans.ninth_year = cells.first_year and cells.grade_number = 9
)

select
    school_year_of(entries.ninth_year) as school_year,
    entries.division_code,
    min(spans.years_tracked) as years_tracked,
    cast(sum(case when entries.kind = 'entrants' then entries.pupils else 0 end) as bigint) as cohort_entrants,
    cast(sum(case when entries.kind = 'in_transferred' then entries.pupils else 0 end) as bigint) as transfers_in,
    cast(sum(case when entries.kind = 'in_returned' then entries.pupils else 0 end) as bigint) as returned_pupils,
    cast(sum(case when entries.kind = 'in_moved' then entries.pupils else 0 end) as bigint) as moves_in,
    cast(sum(case when entries.kind = 'in_regraded' then entries.pupils else 0 end) as bigint) as repeats_and_skips_in,
    cast(sum(case when entries.kind = 'in_arrived' then entries.pupils else 0 end) as bigint)
        as arrivals_without_reason,
    cast(sum(case when entries.kind = 'out_left_city' then entries.pupils else 0 end) as bigint) as transfers_out,
    cast(sum(case when entries.kind = 'out_died' then entries.pupils else 0 end) as bigint) as deaths,
    cast(sum(case when entries.kind = 'out_dropped_out' then entries.pupils else 0 end) as bigint) as drop_outs,
    cast(sum(case when entries.kind = 'out_suspended' then entries.pupils else 0 end) as bigint) as suspensions,
    cast(sum(case when entries.kind = 'out_moved' then entries.pupils else 0 end) as bigint) as moves_out,
    cast(sum(case when entries.kind = 'out_regraded' then entries.pupils else 0 end) as bigint)
        as repeats_and_skips_out,
    cast(sum(case when entries.kind = 'out_lost' then entries.pupils else 0 end) as bigint) as losses_without_reason,
    cast(sum(case when entries.kind = 'leavers' then entries.pupils else 0 end) as bigint) as cohort_leavers
from entries
inner join spans on entries.ninth_year = spans.ninth_year
group by entries.ninth_year, entries.division_code
