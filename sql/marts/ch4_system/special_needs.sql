/*
title: {en: Children with disability and their schooling, zh: 残疾儿童少年教育安置}
grain:
  en: one row a division, kind of disability, sex and school year
  zh: 每区划、每残疾类型、每性别、每学年一行
meaning:
  en: >
    Children on the joint register by standing: of compulsory age, placed or completed, deferred with approval,
    assessed and tracked; and leavers of the stage by wish and destination. Counted by division and kind of disability
    and never by school, because the groups of a school are small.
  zh: 联合登记册儿童按状态计数：适龄、已安置或已完成、获批缓学、已评估并跟踪；以及义务教育阶段离校者的意愿与去向。仅按区划与残疾类型计数，不按学校，以免人数过少。
key: [school_year, division_code, item, sex]
partition: school_year
not_null:
  - registered_children
  - age_eligible_children
  - enrolled_children
  - approved_deferrals
  - children_due
  - placed_children
  - placed_in_ordinary_class
  - placed_and_on_roll
  - assessed_and_tracked_children
  - leavers
  - leavers_who_wish
  - leavers_who_continue
codes: {item: disability_type, sex: sex}
columns:
  item: {en: Kind of disability, zh: 残疾类型}
*/
with
children as (
    select
        registered.*,
        destinations.is_senior_stage
    from core.special_needs_child as registered
    left join codes.leaver_destination as destinations on registered.destination = destinations.code
)

select
    school_year,
    division_code,
    disability_type as item,
    sex,
    count(*) as registered_children,
    count(*) filter (where is_age_eligible) as age_eligible_children,
    count(*) filter (where is_age_eligible and standing in ('placed', 'completed')) as enrolled_children,
    count(*) filter (where is_age_eligible and is_deferral_approved) as approved_deferrals,
    count(*) filter (where is_age_eligible and not is_deferral_approved) as children_due,
    count(*) filter (where is_age_eligible and standing = 'placed') as placed_children,
    count(*) filter (where is_age_eligible and placement = 'ordinary_class') as placed_in_ordinary_class,
    count(*) filter (where is_age_eligible and standing = 'placed' and is_on_roll) as placed_and_on_roll,
    count(*) filter (where is_assessed_and_tracked) as assessed_and_tracked_children,
    count(*) filter (where is_leaver) as leavers,
    count(*) filter (where is_leaver and wishes_to_continue) as leavers_who_wish,
    count(*) filter (where is_leaver and wishes_to_continue and coalesce(is_senior_stage, false))
        as leavers_who_continue
from children
group by school_year, division_code, disability_type, sex
