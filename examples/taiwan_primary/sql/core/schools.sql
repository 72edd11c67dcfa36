/*
title: {en: Primary schools, zh: 國民小學}
grain: {en: one row a school and school year, zh: 每校每學年一列}
meaning:
  en: The schools on the ministry's list, with the county that they belong to today.
  zh: 教育部名錄所列學校及其現屬縣市。
key: [school_year, school_code]
partition: school_year
not_null: [school_name, division_code, remoteness]
codes: {division_code: county, school_level: school_level, remoteness: remoteness}
*/
select
    school_year,
    school_code,
    school_name,
    division_code,
    township,
    school_level,
    remoteness
from staging.primary_school
