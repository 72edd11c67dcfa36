/*
title: {en: Education lines of budgets and final accounts, zh: 教育经费预决算}
grain:
  en: one row a calendar year, district and account
  zh: 每自然年每区县每类账目一行
meaning:
  en: What a district planned (budget) and spent (final account) on education, in yuan, under today's division codes.
  zh: 各区县教育经费预算与决算，统一换算为元，区划代码为现行代码。
key: [calendar_year, division_code, account]
not_null: [general_budget_spending_yuan, education_spending_yuan]
codes: {account: account}
*/
with
current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
),

lines as (
    select
        finance.*,
        coalesce(current_codes.current_division_code, finance.division_code) as current_code,
        cast(units.yuan as integer) as yuan
    from staging.finance as finance
    inner join codes.amount_unit as units on finance.amount_unit = units.code
    left join current_codes on finance.division_code = current_codes.division_code
)

select
    calendar_year,
    current_code as division_code,
    account,
    cast(sum(general_budget_spending * yuan) as decimal(22, 4)) as general_budget_spending_yuan,
    cast(sum(education_spending * yuan) as decimal(22, 4)) as education_spending_yuan,
    cast(sum(preschool_spending * yuan) as decimal(22, 4)) as preschool_spending_yuan,
    cast(sum(primary_spending * yuan) as decimal(22, 4)) as primary_spending_yuan,
    cast(sum(junior_spending * yuan) as decimal(22, 4)) as junior_spending_yuan,
    cast(sum(senior_general_spending * yuan) as decimal(22, 4)) as senior_general_spending_yuan,
    cast(sum(senior_vocational_spending * yuan) as decimal(22, 4)) as senior_vocational_spending_yuan,
    cast(sum(special_spending * yuan) as decimal(22, 4)) as special_spending_yuan,
    cast(sum(school_staff_wages * yuan) as decimal(22, 4)) as school_staff_wages_yuan,
    cast(sum(teacher_training_fund * yuan) as decimal(22, 4)) as teacher_training_fund_yuan,
    cast(sum(school_running_costs * yuan) as decimal(22, 4)) as school_running_costs_yuan,
    cast(sum(special_running_costs * yuan) as decimal(22, 4)) as special_running_costs_yuan,
    cast(sum(mental_health_spending * yuan) as decimal(22, 4)) as mental_health_spending_yuan
from lines
group by calendar_year, current_code, account
