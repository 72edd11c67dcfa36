/*
title: {en: Towns and their public kindergarten, zh: 镇街公办中心园}
grain: {en: one row a town of the year's list, zh: 每学年区划表中的每个镇街一行}
meaning:
  en: Whether a town has an active public town-centre kindergarten.
  zh: 镇街是否有在办的公办中心园。
key: [school_year, town_code]
not_null: [division_code, town_name, towns, towns_with_public_centre, units_reported, units_expected]
*/
with
towns as (
    select *
    from core.division_year
    where division_level = 'town'
),

centre_kindergartens as (
    select
        school_year,
        town_code,
        count(*) as kindergartens
    from core.school_year
    where is_active and is_public_kindergarten and is_town_centre_kindergarten
    group by school_year, town_code
)

select
    towns.school_year,
    towns.division_code as town_code,
    towns.division_name as town_name,
    towns.parent_code as division_code,
    cast(1 as bigint) as towns,
    cast(coalesce(centre_kindergartens.kindergartens, 0) > 0 as bigint) as towns_with_public_centre,
    cast(1 as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from towns
left join centre_kindergartens
    on towns.school_year = centre_kindergartens.school_year and towns.division_code = centre_kindergartens.town_code
