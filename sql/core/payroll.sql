/*
title: {en: Pay by group of staff, zh: 分类人员工资}
grain:
  en: one row a calendar year, district and group of staff
  zh: 每自然年每区县每类人员一行
meaning:
  en: >
    Headcount-months and pay of a year under today's division codes. Pay is the sum of base pay, allowances, performance
    pay and year-end awards for every group, so that means compare like with like.
  zh: 各类人员在册人月数与工资，区划代码为现行代码。各类工资均为基本工资、津贴补贴、绩效工资与年终奖励之和，口径一致。
key: [calendar_year, division_code, pay_group]
not_null: [headcount_months, pay_yuan]
codes: {pay_group: pay_group}
columns:
  pay_group: {en: Group of staff, zh: 人员类别}
  headcount_months: {en: Months that persons of the group were paid for, zh: 在册人月数, unit: months}
  pay_yuan: {en: Pay of all four components, zh: 四项工资合计, unit: yuan}
*/
with
current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
),

payroll as (
    select
        staged.*,
        coalesce(current_codes.current_division_code, staged.division_code) as current_code
    from staging.payroll as staged
    left join current_codes on staged.division_code = current_codes.division_code
)

select
    calendar_year,
    current_code as division_code,
    pay_group,
    cast(sum(headcount_months) as bigint) as headcount_months,
    cast(sum(base_pay_yuan + allowances_yuan + performance_pay_yuan + year_end_awards_yuan) as decimal(20, 2))
        as pay_yuan
from payroll
group by calendar_year, current_code, pay_group
