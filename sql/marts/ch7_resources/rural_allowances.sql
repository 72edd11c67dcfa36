/*
title: {en: Allowance of rural teachers, zh: 乡村教师补贴}
grain:
  en: one row a calendar year, district and tier of the allowance
  zh: 每自然年每区县每档一行
meaning:
  en: Rural teachers, those of them who were paid the allowance, and what was paid in the year.
  zh: 乡村教师数、享受补贴人数与全年补贴金额。
key: [calendar_year, division_code, allowance_tier]
not_null: [rural_teachers, teachers_paid, allowance_yuan]
codes: {allowance_tier: allowance_tier}
columns:
  allowance_tier: {en: Tier of the allowance, zh: 补贴档次}
  rural_teachers: {en: Teachers of rural schools, zh: 乡村教师数, unit: persons}
  teachers_paid: {en: Of these paid the allowance, zh: 其中享受补贴人数, unit: persons, of: rural_teachers}
  allowance_yuan: {en: Allowance paid in the year, zh: 全年补贴金额, unit: yuan, of: teachers_paid}
*/
with
current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
),

allowances as (
    select
        staged.*,
        coalesce(current_codes.current_division_code, staged.division_code) as current_code
    from staging.rural_allowance as staged
    left join current_codes on staged.division_code = current_codes.division_code
)

select
    calendar_year,
    current_code as division_code,
    allowance_tier,
    cast(sum(rural_teachers) as bigint) as rural_teachers,
    cast(sum(teachers_paid) as bigint) as teachers_paid,
    cast(sum(allowance_yuan) as decimal(18, 2)) as allowance_yuan
from allowances
group by calendar_year, current_code, allowance_tier
