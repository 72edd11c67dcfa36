// Language, colours, search, filters and sorting. No request leaves the server; everything works from the file system.
(function () {
  'use strict';
  var root = document.documentElement, body = document.body;
  var base = body.dataset.root || '';

  function keep(name, value) { try { localStorage.setItem('eduplan-' + name, value); } catch (refused) { /* see early.js */ } }
  function each(selector, work, within) { Array.prototype.forEach.call((within || document).querySelectorAll(selector), work); }
  function language() { return root.lang === 'zh' ? 'zh' : 'en'; }
  function isDark() {
    return root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  }
  function announce() { document.dispatchEvent(new CustomEvent('eduplan:look')); }

  // Attributes and options cannot hold both languages, so they are set anew.
  function speak() {
    var own = language() === 'zh' ? 'Zh' : 'En';
    document.title = root.dataset['title' + own] || document.title;
    each('[data-label-en]', function (node) { node.setAttribute('aria-label', node.dataset['label' + own]); });
    each('[data-hint-en]', function (node) { node.title = node.dataset['hint' + own]; });
    each('[data-placeholder-en]', function (node) { node.placeholder = node.dataset['placeholder' + own]; });
    each('option[data-en]', function (node) { node.textContent = node.dataset[own.toLowerCase()]; });
    each('optgroup[data-en]', function (node) { node.label = node.dataset[own.toLowerCase()]; });
  }
  document.getElementById('language').addEventListener('click', function () {
    root.lang = language() === 'zh' ? 'en' : 'zh';
    keep('language', root.lang);
    speak();
    announce();
  });
  document.getElementById('theme').addEventListener('click', function () {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    keep('theme', root.dataset.theme);
    announce();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () { if (!root.dataset.theme) announce(); });
  speak();
  window.eduplan = { language: language, isDark: isDark, base: base };

  // Search: the index is a script, because a page from the file system may not fetch.
  var field = document.getElementById('search'), list = document.getElementById('found'), entries = null, asked = false, chosen = -1;
  function loadIndex() {
    if (asked) return;
    asked = true;
    var script = document.createElement('script');
    script.src = base + 'assets/search-index.js';
    script.onload = function () { entries = window.eduplanIndex || []; find(); };
    document.head.appendChild(script);
  }
  function score(entry, words) {
    var code = entry[1].toLowerCase(), text = (entry[1] + ' ' + entry[2] + ' ' + entry[3] + ' ' + (entry[5] || '')).toLowerCase(), points = 0;
    for (var i = 0; i < words.length; i++) {
      if (text.indexOf(words[i]) < 0) return 0;
      points += code === words[i] ? 8 : code.indexOf(words[i]) === 0 ? 4 : (entry[2] + ' ' + entry[3]).toLowerCase().indexOf(words[i]) >= 0 ? 2 : 1;
    }
    return points;
  }
  function find() {
    var words = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    list.textContent = '';
    chosen = -1;
    if (!words.length || !entries) return close();
    var hits = entries.map(function (entry, place) { return [score(entry, words), place, entry]; })
      .filter(function (hit) { return hit[0]; })
      .sort(function (a, b) { return b[0] - a[0] || a[1] - b[1]; }).slice(0, 12);
    hits.forEach(function (hit, place) {
      var entry = hit[2], item = document.createElement('li'), link = document.createElement('a');
      item.id = 'hit-' + place;
      item.setAttribute('role', 'option');
      link.href = base + entry[4];
      link.tabIndex = -1;
      [['code', entry[1]], ['span', language() === 'zh' ? entry[3] : entry[2]], ['small', entry[0][language() === 'zh' ? 1 : 0]]].forEach(function (part) {
        if (!part[1]) return;
        var node = document.createElement(part[0]);
        node.textContent = part[1];
        link.appendChild(node);
      });
      item.appendChild(link);
      list.appendChild(item);
    });
    if (!hits.length) {
      var none = document.createElement('li');
      none.className = 'none';
      none.textContent = language() === 'zh' ? '没有结果' : 'Nothing found';
      list.appendChild(none);
    }
    list.hidden = false;
    field.setAttribute('aria-expanded', 'true');
  }
  function close() {
    list.hidden = true;
    field.setAttribute('aria-expanded', 'false');
    field.removeAttribute('aria-activedescendant');
  }
  field.addEventListener('focus', loadIndex);
  field.addEventListener('input', function () { loadIndex(); find(); });
  field.addEventListener('keydown', function (event) {
    var items = list.querySelectorAll('li[role=option]');
    if (event.key === 'Escape') { field.value = ''; close(); return; }
    if (event.key === 'Enter') {
      var target = items[chosen < 0 ? 0 : chosen];
      if (target) location.href = target.firstChild.href;
      return;
    }
    if ((event.key !== 'ArrowDown' && event.key !== 'ArrowUp') || !items.length) return;
    event.preventDefault();
    chosen = (chosen + (event.key === 'ArrowDown' ? 1 : items.length - (chosen < 0 ? 0 : 1))) % items.length;
    items.forEach(function (item, place) { item.setAttribute('aria-selected', String(place === chosen)); });
    field.setAttribute('aria-activedescendant', items[chosen].id);
  });
  document.addEventListener('click', function (event) { if (!event.target.closest('.search')) close(); });
  document.addEventListener('keydown', function (event) {
    if (event.key === '/' && !/^(input|textarea|select)$/i.test(event.target.tagName) && !event.target.isContentEditable) {
      event.preventDefault();
      field.focus();
    }
  });

  // Filters: a form names its table; each control names the data attribute that it compares.
  each('form.filter', function (form) {
    var table = document.getElementById(form.dataset.table), count = form.querySelector('output');
    if (!table) return;
    var rows = Array.prototype.slice.call(table.querySelectorAll('[data-row]'));
    var groups = Array.prototype.slice.call(table.querySelectorAll('[data-group]'));
    function apply() {
      var wanted = [], text = '';
      Array.prototype.forEach.call(form.elements, function (control) {
        if (control.name === 'text') text = control.value.trim().toLowerCase();
        else if (control.type === 'radio') { if (control.checked && control.value) wanted.push([control.name, control.value]); }
        else if (control.name && control.value) wanted.push([control.name, control.value]);
      });
      var shown = 0;
      rows.forEach(function (row) {
        var fits = wanted.every(function (pair) { return (' ' + row.dataset[pair[0]] + ' ').indexOf(' ' + pair[1] + ' ') >= 0; })
          && (!text || row.textContent.toLowerCase().indexOf(text) >= 0);
        row.hidden = !fits;
        if (fits) shown++;
      });
      groups.forEach(function (group) { group.hidden = !group.querySelector('[data-row]:not([hidden])'); });
      if (count) count.textContent = shown + ' / ' + rows.length;
      var query = new URLSearchParams();
      wanted.forEach(function (pair) { query.set(pair[0], pair[1]); });
      if (text) query.set('text', text);
      try { history.replaceState(null, '', (String(query) ? '?' + query : location.pathname.split('/').pop() || '.') + location.hash); } catch (refused) { /* some browsers refuse for files */ }
    }
    var given = new URLSearchParams(location.search);
    given.forEach(function (value, name) {
      Array.prototype.forEach.call(form.elements, function (control) {
        if (control.name !== name) return;
        if (control.type === 'radio') control.checked = control.value === value;
        else control.value = value;
      });
    });
    form.addEventListener('input', apply);
    form.addEventListener('reset', function () { setTimeout(apply); });
    form.addEventListener('submit', function (event) { event.preventDefault(); });
    apply();
  });

  // Sorting: a column whose heading holds a button; cells may carry what they sort by.
  each('table.sortable thead th button', function (button) {
    button.addEventListener('click', function () {
      var head = button.closest('th'), table = head.closest('table'), place = head.cellIndex;
      var down = head.getAttribute('aria-sort') === 'ascending';
      each('thead th', function (other) { other.removeAttribute('aria-sort'); }, table);
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      each('tbody', function (group) {
        Array.prototype.slice.call(group.rows).map(function (row) {
          var cell = row.cells[place], raw = cell.dataset.sort;
          if (raw === undefined) raw = cell.textContent.trim();
          return [raw === '' || isNaN(Number(raw)) ? raw : Number(raw), row];
        }).sort(function (a, b) {
          var one = a[0], two = b[0];
          if (one === '' || two === '') return (one === '') - (two === '');  // what has no value stands last
          if (typeof one !== typeof two) return typeof one === 'number' ? -1 : 1;
          var order = typeof one === 'number' ? one - two : String(one).localeCompare(String(two), root.lang);
          return down ? -order : order;
        }).forEach(function (pair) { group.appendChild(pair[1]); });
      }, table);
    });
  });

  // A details element that somebody links to, or prints, is open.
  function openTarget() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === 'DETAILS') target.open = true;
  }
  addEventListener('hashchange', openTarget);
  openTarget();
// Paper is light: a reader of the dark pages prints as everybody else does, charts and all.
  var before;
  addEventListener('beforeprint', function () {
    each('details[data-print]', function (node) { node.open = true; });
    before = root.dataset.theme;
    root.dataset.theme = 'light';
    announce();
  });
  addEventListener('afterprint', function () {
    if (before) root.dataset.theme = before;
    else delete root.dataset.theme;
    announce();
  });
})();
