/*
title: {en: Commissioned teacher trainees, zh: 委托培养师范生}
grain: {en: one row a subject and school year, zh: 每学科每学年一行}
meaning:
  en: Trainees whom the bureau commissions from universities, those who graduated, and those who took up a post.
  zh: 委托高校培养的师范生招收、毕业与到岗任教人数。
key: [school_year, subject]
partition: school_year
not_null: [item, trainee_entrants, trainee_graduates, placed_trainees]
codes: {subject: subject}
columns:
  item: {en: 'Subject, as the breakdown of indicators', zh: 学科（供指标分项）}
*/
with
trainees as (select * from staging.commissioned_trainees)

select
    school_year,
    subject,
    subject as item,
    cast(entrants as bigint) as trainee_entrants,
    cast(graduates as bigint) as trainee_graduates,
    cast(placed_graduates as bigint) as placed_trainees
from trainees
