/*
title: {en: Pupils by school, zh: 分校学生数}
grain: {en: one row a school and school year, zh: 每校每学年一行}
meaning: {en: Pupils on the roll of each school., zh: 各校在籍学生数。}
key: [school_year, school_code]
not_null: [pupils]
*/
select
    schools.school_year,
    schools.school_code,
    left(schools.school_code, 6) as division_code,
    count(pupils.person_key) as pupils,
    count(pupils.person_key) filter (where pupils.sex = 'female') as girls,
    1 as units_expected,
    cast(count(pupils.person_key) > 0 as integer) as units_reported
from staging.schools as schools
left join staging.pupils as pupils
    on schools.school_year = pupils.school_year and schools.school_code = pupils.school_code
group by schools.school_year, schools.school_code
