/*
title: {en: Teachers' pay against civil servants, zh: 教师与公务员工资比较}
grain:
  en: one row a calendar year, listed district and stage
  zh: 每自然年、每个在册区县、每学段一行
meaning:
  en: >
    What the teachers of a stage were paid, and what they would have been paid for the same months at the mean pay of
    the civil servants of their district. Both are null where either group did not report. Over several districts each
    is compared with its own civil servants, weighted by headcount-months.
  zh: 各学段教师实发工资，以及同样人月数按当地公务员平均工资折算的金额；任一类未报送则均为空。跨区汇总时各区与本区公务员比较，按人月数加权。
key: [calendar_year, division_code, stage]
not_null: [reported, expected]
codes: {stage: stage}
columns:
  teacher_months: {en: Headcount-months of teachers, zh: 教师在册人月数, unit: months}
  teacher_pay_yuan: {en: Pay of teachers, zh: 教师工资, unit: yuan}
  pay_at_civil_servants_mean_yuan:
    en: Pay of the same months at the civil servants' mean, rounded up to a millionth of a yuan
    zh: 按当地公务员平均工资折算的金额（向上取至百万分之一元）
    unit: yuan
  reported: {en: 1 where both groups reported, zh: 两类均已报送者记 1}
  expected: {en: 1 where they should have, zh: 应报送者记 1}
warning: {en: Count distinct districts; do not add the flags over stages., zh: 请按区县去重计数，勿将各学段标志相加。}
*/
with
payroll as (select * from core.payroll),

paid_years as (
    select calendar_year
    from payroll
    group by calendar_year
),

cells as (
    select
        listed.calendar_year,
        listed.division_code,
        pay_groups.code as pay_group,
        pay_groups.stage
    from core.division_year as listed
    inner join paid_years on listed.calendar_year = paid_years.calendar_year
    cross join codes.pay_group as pay_groups
    where listed.division_level = 'district' and pay_groups.role = 'teachers'
),

compared as (
    select
        cells.calendar_year,
        cells.division_code,
        cells.stage,
        teachers.headcount_months,
        teachers.pay_yuan,
        pay_at_mean(teachers.headcount_months, civil_servants.pay_yuan, civil_servants.headcount_months)
            as pay_at_mean_yuan
    from cells
    left join payroll as teachers
        on
            cells.calendar_year = teachers.calendar_year
            and cells.division_code = teachers.division_code
            and cells.pay_group = teachers.pay_group
    left join payroll as civil_servants
        on
            cells.calendar_year = civil_servants.calendar_year
            and cells.division_code = civil_servants.division_code
            and civil_servants.pay_group = 'civil_servants'
)

select
    calendar_year,
    division_code,
    stage,
    case when pay_at_mean_yuan is not null then headcount_months end as teacher_months,
    case when pay_at_mean_yuan is not null then pay_yuan end as teacher_pay_yuan,
    pay_at_mean_yuan as pay_at_civil_servants_mean_yuan,
    case when pay_at_mean_yuan is not null then 1 else 0 end as reported,
    1 as expected
from compared
