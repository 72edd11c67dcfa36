/*
title: {en: Recognised persons, zh: 称号人员}
grain:
  en: one row a district, programme and school year; a district without any has zeros
  zh: 每区县、每项目、每学年一行；没有称号人员的区县记零
meaning:
  en: >
    Persons with a title in force on 31 December, those of them in post, the titles awarded in the calendar year, and
    persons who are recognised for the first time within the plan's years. First-time persons may be added over years
    and districts: each person is one of them once, in the district of the first title. A year whose register never
    came has no counts.
  zh: >
    12 月 31 日持有效称号人数、其中在岗人数、当年表彰人次，以及规划期内首次获得称号人数。首次人数可跨年、跨区相加：
    每人只在首次获得称号的年份与区县计一次。未收到登记表的年份不计数。
key: [school_year, division_code, programme]
not_null: [item, units_reported, units_expected]
columns:
  item: {en: 'Programme, as the breakdown of indicators', zh: 项目（供指标分项）}
*/
with
districts as (
    select *
    from core.division_year
    where division_level = 'district'
),

person_programmes as (
    select code as programme
    from codes.programme
    where holder in ('staff', 'pupil')
),

titles as (select * from core.person_designation),

registers as (
    select school_year
    from titles
    group by school_year
),

counted as (
    select
        school_year,
        division_code,
        programme,
        count(*) filter (where is_counted) as persons_in_force,
        count(*) filter (where is_counted and is_in_post) as persons_in_post,
        count(*) filter (where is_award_of_year) as awards
    from titles
    group by school_year, division_code, programme
),

first_titles as (
    select
        school_year,
        division_code,
        programme
    from titles
    where is_recognised_in_plan
    qualify row_number() over (partition by programme, person_key order by school_year, valid_from, document_number) = 1
),

first_counts as (
    select
        school_year,
        division_code,
        programme,
        count(*) as first_time_persons
    from first_titles
    group by school_year, division_code, programme
)

select
    districts.school_year,
    districts.division_code,
    person_programmes.programme,
    person_programmes.programme as item,
    case when registers.school_year is not null then coalesce(counted.persons_in_force, 0) end as persons_in_force,
    case when registers.school_year is not null then coalesce(counted.persons_in_post, 0) end as persons_in_post,
    case when registers.school_year is not null then coalesce(counted.awards, 0) end as awards,
    case when registers.school_year is not null then coalesce(first_counts.first_time_persons, 0) end
        as first_time_persons,
    case when registers.school_year is not null then 1 else 0 end as units_reported,
    1 as units_expected
from districts
cross join person_programmes
left join registers on districts.school_year = registers.school_year
left join counted
    on
        districts.school_year = counted.school_year
        and districts.division_code = counted.division_code
        and person_programmes.programme = counted.programme
left join first_counts
    on
        districts.school_year = first_counts.school_year
        and districts.division_code = first_counts.division_code
        and person_programmes.programme = first_counts.programme
