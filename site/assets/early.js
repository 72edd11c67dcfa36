// Before anything is painted: the language and the colours that the reader chose last time.
(function () {
  'use strict';
  var root = document.documentElement, kept = {};
  try { kept = { language: localStorage.getItem('eduplan-language'), theme: localStorage.getItem('eduplan-theme') }; } catch (refused) { /* a browser may refuse storage to files */ }
  var asked = new URLSearchParams(location.search);
  var language = asked.get('lang') || kept.language || (/^zh/i.test(navigator.language || '') ? 'zh' : 'en');
  root.lang = language === 'zh' ? 'zh' : 'en';
  var theme = asked.get('theme') || kept.theme;
  if (theme === 'dark' || theme === 'light') root.dataset.theme = theme;
  document.title = root.dataset[root.lang === 'zh' ? 'titleZh' : 'titleEn'] || document.title;
})();
