/*
title: {en: A code is not given to another division, zh: 代码不应改指他地}
table: ch1_context.division_changes
severity: warning
why:
  en: A renamed code may be the same place under a new name, or another place; a series by code joins the two unseen.
  zh: 代码更名可能是同一地方改名，也可能改指他地；按代码连接的序列会混为一谈。
remedy:
  en: Read the notice of the change and, if it is another place, start a new series.
  zh: 查阅变更公告；若改指他地，应另起序列。
*/
select
    calendar_year,
    division_code,
    name_before,
    name_after
from ch1_context.division_changes
where change_kind = 'renamed'
