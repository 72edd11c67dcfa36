/*
title: {en: Referrals after a vision warning, zh: 近视预警转诊}
grain:
  en: one row a school, warning tier from 1 to 3 and school year
  zh: 每校、每预警等级（1—3 级）、每学年一行
meaning:
  en: >
    Pupils whom the autumn screening warns of, as the warehouse counts them, beside what the school reports of that
    tier: families told, pupils referred, hospital results within 60 days and later. The warned pupils of schools
    that sent no return are kept apart, so that silence does not count as failure.
  zh: 秋季筛查预警学生数（由本仓库计数），并列学校所报该等级的告知、转诊、60 日内及逾期反馈人数。未报送学校的预警学生另列，未报不视为未完成。
key: [school_year, school_code, warning_tier]
partition: school_year
not_null: [division_code, warned_pupils, warned_pupils_reported, results_in_time, units_reported, units_expected]
columns:
  warned_pupils: {en: Pupils whom the autumn screening warns of in that tier, zh: 秋季筛查该等级预警人数, unit: persons}
warning:
  en: Coverage counts schools distinct; cells of a school are small, publish them protected.
  zh: 覆盖率按学校去重；学校层面的单元格人数少，发布前须保护。
*/
with
warnings as (select * from ch3_development.vision_warning),

tiers as (
    select
        code as warning_tier,
        tier
    from codes.warning_tier
),

warned as (
    select
        warnings.school_year,
        warnings.school_code,
        warnings.division_code,
        tiers.warning_tier,
        tiers.tier,
        cast(
            sum(
                case tiers.tier
                    when 1 then warnings.tier_1_pupils
                    when 2 then warnings.tier_2_pupils
                    else warnings.tier_3_pupils
                end
            ) as bigint
        ) as warned_pupils
    from warnings
    cross join tiers
    group by
        warnings.school_year, warnings.school_code, warnings.division_code, tiers.warning_tier, tiers.tier
),

returns as (
    select *
    from staging.vision_referral
    where season = 'autumn'
),

reporting as (
    select
        school_year,
        school_code,
        count(*) as return_rows
    from returns
    group by school_year, school_code
)

select
    warned.school_year,
    warned.school_code,
    warned.division_code,
    cast(warned.tier as integer) as warning_tier,
    warned.warned_pupils,
    case when reporting.school_code is null then 0 else warned.warned_pupils end as warned_pupils_reported,
    coalesce(returns.notified_pupils, 0) as notified_pupils,
    coalesce(returns.referred_pupils, 0) as referred_pupils,
    coalesce(returns.results_in_time, 0) as results_in_time,
    coalesce(returns.results_late, 0) as results_late,
    case when reporting.school_code is null then 0 else 1 end as units_reported,
    1 as units_expected
from warned
left join returns
    on
        warned.school_year = returns.school_year
        and warned.school_code = returns.school_code
        and warned.warning_tier = returns.warning_tier
left join reporting
    on warned.school_year = reporting.school_year and warned.school_code = reporting.school_code
