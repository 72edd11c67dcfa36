/*
title: {en: Survey participants, zh: 调查对象}
grain: {en: one row a person and cycle, zh: 每人每周期一行}
meaning:
  en: Age, sex and examination weight of everybody interviewed.
  zh: 全部受访者的年龄、性别与体检权重。
key: [calendar_year, respondent]
partition: calendar_year
not_null: [sex, age_years, exam_weight]
codes: {sex: sex}
*/
select
    calendar_year,
    respondent,
    sex,
    age_years,
    exam_weight
from staging.demographics
