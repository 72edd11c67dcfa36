/*
title: {en: Universities and colleges, zh: 驻市高校}
grain: {en: one row an institution and school year, zh: 每所高校每学年一行}
meaning:
  en: >
    Students by level, programmes, platforms, transfer of results, open facilities, projects and milestones. Students
    are counted where they study, not where they come from.
  zh: 分层次在校生、专业、平台、成果转化、设施开放、创新创业与项目里程碑。学生按就读地而非生源地统计。
key: [school_year, institution_code]
partition: school_year
not_null: [institution_name, division_code, students, institutions]
warning:
  en: Students over the city's population are no true enrolment ratio; many come from elsewhere, many leave.
  zh: 以驻市高校学生数除以本市适龄人口并非严格毛入学率：外来求学与外出求学者均多。
*/
with
institutions as (select * from staging.higher_education),

current_codes as (
    select
        division_code,
        min(current_division_code) as current_division_code
    from core.division
    group by division_code
)

select
    institutions.school_year,
    institutions.institution_code,
    institutions.institution_name,
    coalesce(current_codes.current_division_code, institutions.division_code) as division_code,
    cast(1 as bigint) as institutions,
    cast(institutions.associate_students as bigint) as associate_students,
    cast(institutions.bachelor_students as bigint) as bachelor_students,
    cast(institutions.postgraduate_students as bigint) as postgraduate_students,
    cast(
        institutions.associate_students + institutions.bachelor_students + institutions.postgraduate_students as bigint
    ) as students,
    cast(institutions.entrants as bigint) as entrants,
    cast(institutions.full_time_teachers as bigint) as full_time_teachers,
    cast(institutions.programmes as bigint) as programmes,
    cast(institutions.key_programmes as bigint) as key_programmes,
    cast(institutions.opened_programmes as bigint) as opened_programmes,
    cast(institutions.closed_programmes as bigint) as closed_programmes,
    cast(institutions.model_programmes as bigint) as model_programmes,
    cast(institutions.research_platforms as bigint) as research_platforms,
    cast(institutions.transfer_contracts as bigint) as transfer_contracts,
    institutions.transfer_value_yuan,
    cast(institutions.public_facilities as bigint) as public_facilities,
    cast(institutions.open_facilities as bigint) as open_facilities,
    cast(institutions.students_in_projects as bigint) as students_in_projects,
    cast(institutions.milestones_due as bigint) as milestones_due,
    cast(institutions.milestones_on_time as bigint) as milestones_on_time
from institutions
left join current_codes on institutions.division_code = current_codes.division_code
