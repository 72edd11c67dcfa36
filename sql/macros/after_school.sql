-- sqlfluff:exclude_rules:LT02
-- After-school service: five days a week and two hours a day are the full service.

create or replace macro is_full_service(days_a_week, hours_a_day) as days_a_week >= 5 and hours_a_day >= 2;
