/*
title: {en: Education finance of districts, zh: 区县教育经费}
grain:
  en: one row a calendar year, account and listed district
  zh: 每自然年、每类账目、每个在册区县一行
meaning:
  en: >
    Education lines of budgets and final accounts in yuan, what the final account changed against the year before, and
    the pupil-months that a line is for. A district that sent no account has a row without amounts. A line that is
    divided by another is kept only where both are known.
  zh: 各区县教育经费预决算（元）、决算较上年增减，以及相应学生人月数。未报送的区县保留空行；两项相比时仅保留均已填报者。
key: [calendar_year, account, division_code]
not_null: [units_reported, units_expected, comparable_units]
codes: {account: account}
columns:
  education_spending_change_yuan:
    en: Final education spending less that of the year before
    zh: 教育支出决算较上年增减额
    unit: yuan
  staff_wages_of_training_yuan:
    en: Wages of staff of primary and secondary schools where the training fund is known
    zh: 中小学教职工工资总额（限已填报培训经费者）
    unit: yuan
  training_fund_of_wages_yuan: {en: Training fund where wages are known, zh: 教师培训经费（限已填报工资总额者）, unit: yuan}
  running_costs_of_training_yuan:
    en: Running costs of primary and secondary schools where the training fund is known
    zh: 中小学公用经费（限已填报培训经费者）
    unit: yuan
  training_fund_of_running_costs_yuan:
    en: Training fund where running costs are known
    zh: 教师培训经费（限已填报公用经费者）
    unit: yuan
  special_running_costs_yuan:
    en: Running costs for pupils with disability where their number is known
    zh: 特殊教育公用经费（限已知学生数者）
    unit: yuan
  disability_pupil_months:
    en: Pupil-months of pupils with disability in grades 1 to 9 where running costs are known
    zh: 一至九年级残疾学生人月数（限已填报经费者）
    unit: pupil-months
  mental_health_spending_yuan: {en: Spending on mental health where pupils are known, zh: 心理健康教育经费（限已知学生数者）, unit: yuan}
  school_pupil_months:
    en: Pupil-months of primary and ordinary secondary schools where mental-health spending is known
    zh: 中小学生人月数（限已填报心理健康经费者）
    unit: pupil-months
  comparable_units: {en: 1 where this and last year's final account are known, zh: 本年与上年决算均已报送者记 1}
*/
with
finance as (select * from core.public_finance),

accounts as (
    select
        calendar_year,
        account
    from finance
    group by calendar_year, account
),

districts as (
    select
        calendar_year,
        division_code
    from core.division_year
    where division_level = 'district'
),

pupils as (
    select
        calendar_year,
        division_code,
        cast(sum(disability_pupil_months) as bigint) as disability_pupil_months,
        cast(sum(case when is_health_stage(stage) then pupil_months else 0 end) as bigint) as school_pupil_months
    from core.pupil_months
    group by calendar_year, division_code
)

select
    accounts.calendar_year,
    accounts.account,
    districts.division_code,
    finance.general_budget_spending_yuan,
    finance.education_spending_yuan,
    case
        when accounts.account = 'final' then finance.education_spending_yuan - year_before.education_spending_yuan
    end as education_spending_change_yuan,
    case when finance.school_staff_wages_yuan is not null then finance.teacher_training_fund_yuan end
        as training_fund_of_wages_yuan,
    case when finance.teacher_training_fund_yuan is not null then finance.school_staff_wages_yuan end
        as staff_wages_of_training_yuan,
    case when finance.school_running_costs_yuan is not null then finance.teacher_training_fund_yuan end
        as training_fund_of_running_costs_yuan,
    case when finance.teacher_training_fund_yuan is not null then finance.school_running_costs_yuan end
        as running_costs_of_training_yuan,
    case when pupils.division_code is not null then finance.special_running_costs_yuan end
        as special_running_costs_yuan,
    case when finance.special_running_costs_yuan is not null then pupils.disability_pupil_months end
        as disability_pupil_months,
    case when pupils.division_code is not null then finance.mental_health_spending_yuan end
        as mental_health_spending_yuan,
    case when finance.mental_health_spending_yuan is not null then pupils.school_pupil_months end
        as school_pupil_months,
    case
        when accounts.account = 'final' and finance.division_code is not null and year_before.division_code is not null
            then 1
        else 0
    end as comparable_units,
    case when finance.division_code is not null then 1 else 0 end as units_reported,
    1 as units_expected
from accounts
inner join districts on accounts.calendar_year = districts.calendar_year
left join finance
    on
        accounts.calendar_year = finance.calendar_year
        and accounts.account = finance.account
        and districts.division_code = finance.division_code
left join finance as year_before
    on
        accounts.calendar_year = year_before.calendar_year + 1
        and accounts.account = year_before.account
        and districts.division_code = year_before.division_code
left join pupils
    on accounts.calendar_year = pupils.calendar_year and districts.division_code = pupils.division_code
