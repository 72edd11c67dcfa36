/*
title: {en: Roll and statistics form differ by at most 2 %, zh: 学籍与统计报表人数相差不超过 2%}
table: core.enrolment_cell
severity: warning
rule: V40
why:
  en: The bureau publishes two figures for one school; the roll is the one that is counted here.
  zh: 同一学校出现两个数字；此处以学籍为准。
remedy:
  en: Ask the school which of the two counts is of the census date.
  zh: 请学校核实哪个数字为统计时点数。
*/
with

on_the_roll as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as pupils
    from core.enrolment_cell
    where count_source = 'roll'
    group by school_year, school_code
),

on_the_form as (
    select
        school_year,
        school_code,
        cast(sum(pupils) as bigint) as pupils
    from staging.school_census
    group by school_year, school_code
)

select
    on_the_roll.school_year,
    on_the_roll.school_code,
    on_the_roll.pupils as pupils_on_the_roll,
    on_the_form.pupils as pupils_on_the_form
from on_the_roll
inner join on_the_form
    on on_the_roll.school_year = on_the_form.school_year and on_the_roll.school_code = on_the_form.school_code
where abs(on_the_roll.pupils - on_the_form.pupils) > 0.02 * on_the_form.pupils
