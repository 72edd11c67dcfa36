/*
title: {en: Professional posts, zh: 专业技术岗位}
grain: {en: one row an active public school and school year, zh: 每所在办公办学校每学年一行}
meaning:
  en: >
    Posts that each public school was approved for and has filled, by grade. Schools that sent no return have no
    counts.
  zh: 公办学校各级专业技术岗位核准数与聘用数；未报送者为空。
key: [school_year, school_code]
partition: school_year
not_null: [division_code, stage, urban_class, ownership, units_reported, units_expected]
codes: {stage: stage, school_type: school_type}
columns:
  stage: {en: First stage of the school's type; a school is counted under one, zh: 办学类型的首个学段；一校只归入一个学段}
  approved_senior_posts: {en: Approved senior posts, zh: 核准高级岗位数, unit: posts}
  filled_senior_posts: {en: Filled senior posts, zh: 聘用高级岗位数, unit: posts}
  approved_middle_posts: {en: Approved middle posts, zh: 核准中级岗位数, unit: posts}
  filled_middle_posts: {en: Filled middle posts, zh: 聘用中级岗位数, unit: posts}
  approved_junior_posts: {en: Approved junior posts, zh: 核准初级岗位数, unit: posts}
  filled_junior_posts: {en: Filled junior posts, zh: 聘用初级岗位数, unit: posts}
*/
with
schools as (
    select *
    from core.school_year
    where is_active and ownership = 'public' and not is_attached_class(school_type)
),

posts as (select * from staging.school_posts)

select
    schools.school_year,
    schools.school_code,
    schools.school_type,
    schools.division_code,
    schools.first_stage as stage,
    schools.urban_class,
    schools.ownership,
    posts.approved_senior_posts,
    posts.filled_senior_posts,
    posts.approved_middle_posts,
    posts.filled_middle_posts,
    posts.approved_junior_posts,
    posts.filled_junior_posts,
    cast(posts.school_code is not null as bigint) as units_reported,
    cast(1 as bigint) as units_expected
from schools
left join posts
    on schools.school_year = posts.school_year and schools.school_code = posts.school_code
