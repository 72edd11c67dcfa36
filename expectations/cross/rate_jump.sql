/*
title:
  en: No rate jumps by more than three times its usual change
  zh: 比率年变化不超过通常变化的三倍
table: plan.indicator_values
severity: warning
rule: V33
why:
  en: A jump that no other district shows is more often a file than a fact.
  zh: 其他区县没有的跳变，往往是文件问题而非事实。
remedy:
  en: Follow the figure down with eduplan explain, and compare the files of both years.
  zh: 用 eduplan explain 逐层查看，并核对两年文件。
*/
with

rates as (
    select
        indicator,
        ref_area,
        stage,
        item,
        reference_year,
        obs_value
    from plan.indicator_values
    where
        ref_area_level = 'district'
        and unit = '%'
        and obs_status = 'A'
        and denominator >= 100
        and urban_class = '_T'
        and ownership = '_T'
        and sex = '_T'
        and grade = '_T'
),

changes as (
    select
        later.indicator,
        later.ref_area,
        later.stage,
        later.item,
        later.reference_year,
        earlier.obs_value as value_before,
        later.obs_value as value_now,
        later.obs_value - earlier.obs_value as difference
    from rates as later
    inner join rates as earlier
        on
            later.indicator = earlier.indicator
            and later.ref_area = earlier.ref_area
            and later.stage = earlier.stage
            and later.item = earlier.item
            and later.reference_year = earlier.reference_year + 1
),

usual as (
    select
        indicator,
        stage,
        item,
        median(abs(difference)) as usual_change
    from changes
    group by indicator, stage, item
    having count(*) >= 8
)

select
    changes.indicator,
    changes.ref_area,
    changes.stage,
    changes.item,
    changes.reference_year,
    changes.value_before,
    changes.value_now,
    usual.usual_change
from changes
inner join usual
    on changes.indicator = usual.indicator and changes.stage = usual.stage and changes.item = usual.item
where abs(changes.difference) > 3 * usual.usual_change and abs(changes.difference) > 5
