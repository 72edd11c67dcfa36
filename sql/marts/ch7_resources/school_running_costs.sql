/*
title: {en: Running costs of schools, zh: 学校公用经费}
grain:
  en: one row a calendar year, school and stage that money is due for
  zh: 每自然年、每校、每个应拨付学段一行
meaning:
  en: >
    Running costs that the stage parts of public schools received, against the yearly standard for each pupil; a school
    below 100 pupils counts as one of 100. Kindergartens are shown by kind: running costs of public ones, subsidies of
    inclusive private ones. Money and pupil-months are kept only for parts that reported.
  zh: 公办学校各学段公用经费拨款与年度生均标准的比较（不足 100 人按 100 人核定）；幼儿园按类别列示公办园公用经费与普惠性民办园补助。仅保留已填报部分的经费与人月数。
key: [calendar_year, school_code, stage]
not_null: [division_code, urban_class, ownership, reported, expected]
codes: {stage: stage, school_type: school_type}
columns:
  kindergarten_kind: {en: 'Public, inclusive (private), or null for other parts', zh: 公办园、普惠性民办园；其他为空}
  running_costs_yuan: {en: Running costs received, zh: 公用经费拨款, unit: yuan}
  inclusive_subsidy_yuan: {en: Subsidy of an inclusive private kindergarten, zh: 普惠性民办园补助, unit: yuan}
  pupil_months: {en: Pupil-months of parts that reported, zh: 已填报部分的学生人月数, unit: pupil-months}
  judged_parts: {en: Parts with a standard that reported, zh: 有标准且已填报的学段部分数, unit: school parts}
  parts_at_standard: {en: Of these at the standard, zh: 其中达标者, unit: school parts}
  reported: {en: 1 where running costs were reported, zh: 已填报者记 1}
  expected: {en: 1 where they should have been, zh: 应填报者记 1}
warning: {en: Count distinct schools; do not add the flags over stages., zh: 请按学校去重计数，勿将各学段标志相加。}
*/
with
school_finance as (select * from staging.school_finance),

reported_years as (
    select calendar_year
    from school_finance
    group by calendar_year
),

part_months as (
    select
        *,
        sum(pupil_months) over (partition by calendar_year, school_code) as school_months,
        case
            when stage = 'preschool' and is_public_kindergarten then 'public'
            when stage = 'preschool' and is_inclusive_kindergarten and ownership = 'private' then 'inclusive'
        end as kindergarten_kind
    from core.pupil_months
    where pupil_months > 0
),

parts as (
    select
        part_months.*,
        case when part_months.ownership = 'public' then cast(standards.yuan_per_pupil as integer) end as standard_yuan
    from part_months
    inner join reported_years on part_months.calendar_year = reported_years.calendar_year
    left join reference.running_cost_standard as standards
        on
            part_months.stage = standards.stage
            and part_months.calendar_year between standards.from_year and standards.to_year
),

compared as (
    select
        parts.*,
        school_finance.running_costs_yuan,
        school_finance.inclusive_subsidy_yuan,
        school_finance.school_code is not null as is_reported,
        reaches_running_cost_standard(
            school_finance.running_costs_yuan, parts.standard_yuan, parts.pupil_months, parts.school_months
        ) as is_at_standard
    from parts
    left join school_finance
        on
            parts.calendar_year = school_finance.calendar_year
            and parts.school_code = school_finance.school_code
            and parts.stage = school_finance.stage
    where parts.standard_yuan is not null or parts.kindergarten_kind is not null
)

select
    calendar_year,
    school_code,
    stage,
    school_type,
    division_code,
    urban_class,
    ownership,
    kindergarten_kind,
    case when is_reported then running_costs_yuan end as running_costs_yuan,
    case when is_reported then inclusive_subsidy_yuan end as inclusive_subsidy_yuan,
    case when is_reported then pupil_months end as pupil_months,
    cast(is_reported and standard_yuan is not null as bigint) as judged_parts,
    cast(coalesce(is_at_standard, false) as bigint) as parts_at_standard,
    cast(is_reported as bigint) as reported,
    1 as expected
from compared
