/*
title: {en: Enrolment cells, zh: 學生數（校、年級、性別）}
grain: {en: 'one row a school, grade and sex', zh: 每校每年級每性別一列}
meaning:
  en: Pupils of each school by grade and sex.
  zh: 各校各年級男女學生數。
key: [school_year, school_code, grade, sex]
partition: school_year
not_null: [pupils]
codes: {grade: grade, sex: sex}
*/
select
    school_year,
    school_code,
    grade,
    sex,
    pupils
from staging.pupil_count
