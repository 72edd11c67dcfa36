/*
title: {en: Pay in public kindergartens, zh: 公办园教师工资}
grain: {en: one row a calendar year and listed district, zh: 每自然年每个在册区县一行}
meaning:
  en: >
    What teachers of public kindergartens off the establishment were paid, and what they would have been paid for the
    same months at the mean pay of the established ones of their district. Both are null where either did not report.
  zh: 公办园非在编教师实发工资，以及同样人月数按本区在编教师平均工资折算的金额；任一类未报送则均为空。
key: [calendar_year, division_code]
not_null: [units_reported, units_expected]
columns:
  other_teachers_pay_yuan: {en: Pay of teachers off the establishment, zh: 非在编教师工资, unit: yuan}
  pay_at_established_mean_yuan:
    en: Pay of the same months at the mean of established teachers, rounded up to a millionth of a yuan
    zh: 按在编教师平均工资折算的金额（向上取至百万分之一元）
    unit: yuan
*/
with
payroll as (select * from core.payroll),

paid_years as (
    select calendar_year
    from payroll
    group by calendar_year
),

compared as (
    select
        listed.calendar_year,
        listed.division_code,
        off_posts.pay_yuan,
        pay_at_mean(off_posts.headcount_months, established.pay_yuan, established.headcount_months) as pay_at_mean_yuan
    from core.division_year as listed
    inner join paid_years on listed.calendar_year = paid_years.calendar_year
    left join payroll as off_posts
        on
            listed.calendar_year = off_posts.calendar_year
            and listed.division_code = off_posts.division_code
            and off_posts.pay_group = 'other_kindergarten'
    left join payroll as established
        on
            listed.calendar_year = established.calendar_year
            and listed.division_code = established.division_code
            and established.pay_group = 'established_kindergarten'
    where listed.division_level = 'district'
)

select
    calendar_year,
    division_code,
    case when pay_at_mean_yuan is not null then pay_yuan end as other_teachers_pay_yuan,
    pay_at_mean_yuan as pay_at_established_mean_yuan,
    case when pay_at_mean_yuan is not null then 1 else 0 end as units_reported,
    1 as units_expected
from compared
