-- sqlfluff:exclude_rules:LT02
-- Which stage a grade belongs to, and which grades open one.

-- A special school is a stage of its own; the sixth grade of a five-plus-four school is its first junior grade.
create or replace macro stage_of(grade, stage_of_grade, is_special_school, school_system) as
    case
        when is_special_school then 'special'
        when school_system = '5-4' and grade = 'p6' then 'junior'
        else stage_of_grade
    end;

-- The grade that a stage of compulsory schooling starts with.
create or replace macro is_entry_grade(grade, grade_number, stage, school_system) as
    case
        when stage = 'primary' then grade = 'p1'
        when stage = 'junior' and school_system = '5-4' then grade = 'p6'
        when stage = 'junior' then grade_number = 7
        else false
    end;

create or replace macro is_compulsory_grade(grade_number) as grade_number between 1 and 9;

-- Flows of pupils who were not counted the year before.
create or replace macro is_arrival(flow) as flow in (
    'entered', 'transferred_in', 'returned', 'resumed', 'from_special_school', 'arrived_otherwise',
    'not_reported_before'
);

-- The grades that mental-health screening is for.
create or replace macro is_mental_health_grade(grade_number) as grade_number between 4 and 12;

-- The stages whose pupils' health is monitored every season.
create or replace macro is_health_stage(stage) as stage in ('primary', 'junior', 'senior_general');

-- Schools by type: 'primary and secondary schools' of the plan, and those of compulsory education.
create or replace macro is_ordinary_school(school_type) as school_type in ('211', '311', '312', '341', '342', '345');

create or replace macro is_compulsory_school(school_type) as
    school_type in ('211', '218', '311', '312', '341', '345');

-- Attached classes are reported under their parent and are not schools of their own.
create or replace macro is_attached_class(school_type) as
    school_type in ('119', '218', '219', '319', '349', '368', '369', '519');

-- Schools with buildings of their own: attached classes have none, but a teaching point does.
create or replace macro has_premises(school_type) as school_type = '218' or not is_attached_class(school_type);
