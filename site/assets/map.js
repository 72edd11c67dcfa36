// Colours the districts by the status or the value of one indicator. Statuses keep their symbols, values their numbers.
(function () {
  'use strict';
  var holder = document.getElementById('map-data'), which = document.getElementById('map-indicator'), mode = document.getElementById('map-mode');
  if (!holder || !which) return;
  var data = JSON.parse(holder.textContent), byKey = {};
  data.entries.forEach(function (entry) { byKey[entry.key] = entry; });
  var STATUS = { met: ['✔', 'met', '已达成'], on_track: ['●', 'on track', '正常推进'], at_risk: ['▲', 'at risk', '存在风险'], off_track: ['▼', 'off track', '偏离进度'], missed: ['✘', 'missed', '未达成'], insufficient_data: ['?', 'insufficient data', '数据不足'], no_judgement: ['–', 'not judged', '不作评价'] };
  var ABSENT = { Q: ['suppressed', '不公布'], M: ['missing', '缺'], N: ['n/a', '不适用'] }, SHADES = 5, lost = null;
  function zh() { return window.eduplan.language() === 'zh'; }
  function say(en, chinese) { return zh() ? chinese : en; }
  function every(kind, code, work) { document.querySelectorAll('[data-' + kind + '="' + code + '"]').forEach(work); }
  function format(entry, value, told) {
    if (value === null) return say('no value', '无数据');
    if (typeof value !== 'number') return ABSENT[value][zh() ? 1 : 0];
    var digits = Math.max(typeof told === 'number' ? told : entry.decimals, 0);
    return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace('-', '−') + entry.unit;
  }
  function chip(status) {
    var made = document.createElement('span'), look = STATUS[status];
    made.className = 'status';
    made.dataset.tone = status;
    made.textContent = look[0] + ' ' + look[zh() ? 2 : 1];
    return made;
  }
  function draw() {
    var entry = byKey[which.value] || data.entries[0], byStatus = mode.value === 'status';
    var known = entry.values.filter(function (value) { return typeof value === 'number'; }), low = Math.min.apply(null, known), high = Math.max.apply(null, known);
    var seen = [];
    function shade(value) { return Math.min(SHADES - 1, Math.floor((value - low) / ((high - low) || 1) * SHADES)); }
    data.areas.forEach(function (code, place) {
      var value = entry.values[place], status = entry.statuses[place], look = STATUS[status], name = data.names[place][zh() ? 1 : 0];
      var isNumber = typeof value === 'number', told = entry.told[place], reading = format(entry, value, told), verdict = look ? look[0] + ' ' + look[zh() ? 2 : 1] : '';
      var fill = byStatus ? (look ? 'var(--' + status + '-bg)' : '') : isNumber ? 'var(--shade-' + shade(value) + ')' : '';
      var ink = byStatus || !isNumber ? '' : 'var(--on-shade-' + shade(value) + ')';
      every('tile', code, function (tile) {
        tile.style.background = fill;
        tile.style.color = ink;
        tile.dataset.tone = byStatus && look ? status : '';
        tile.querySelector('.reading').textContent = reading;
        var judged = tile.querySelector('.verdict');
        judged.textContent = verdict;
        judged.style.color = byStatus ? '' : 'inherit';
      });
      every('area', code, function (area) {
        area.querySelector('path').style.setProperty('--fill', fill || 'var(--sunk)');
        area.setAttribute('aria-label', [name, reading, look ? look[zh() ? 2 : 1] : ''].filter(Boolean).join(', '));
        area.querySelector('title').textContent = name + ' ' + reading + ' ' + verdict;
      });
      every('text', code, function (text) {
        text.style.fill = ink;
        text.style.stroke = fill || 'var(--sunk)';
        text.firstChild.textContent = name;
        text.lastChild.textContent = (look && byStatus ? look[0] + ' ' : '') + reading;
      });
      every('line', code, function (row) {
        row.cells[1].textContent = '';
        var shown = row.cells[1].appendChild(document.createElement('span'));
        shown.textContent = reading;
        shown.className = isNumber && told !== null && told < entry.decimals ? 'fewer' : '';
        row.cells[1].dataset.sort = isNumber ? value : '';
        row.cells[2].textContent = '';
        if (look) row.cells[2].appendChild(chip(status));
      });
      if (byStatus && look && seen.indexOf(status) < 0) seen.push(status);
    });
    var chosen = which.options[which.selectedIndex], unit = entry.unit || !chosen ? '' : ' ' + chosen.dataset[zh() ? 'unitZh' : 'unitEn'];
    document.getElementById('map-note').textContent = entry.period + (typeof entry.city === 'number' ? ' · ' + say('city ', '全市 ') + format(entry, entry.city, entry.cityTold) : '') + unit;
    document.getElementById('map-page').href = 'indicator/' + encodeURIComponent(entry.key.split('~')[0]) + '.html';
    var unknown = document.getElementById('map-unknown');
    unknown.hidden = lost === null;
    if (lost !== null) unknown.textContent = say('No indicator ' + lost + ' has values of districts in this release; another one is shown.', '本发布版本中没有分区县的指标 ' + lost + '，现显示其他指标。');
    var legend = document.getElementById('map-legend');
    legend.textContent = '';
    function item() { var made = document.createElement('li'); legend.appendChild(made); return made; }
    if (byStatus) {
      Object.keys(STATUS).filter(function (name) { return seen.indexOf(name) >= 0; }).forEach(function (name) { item().appendChild(chip(name)); });
    } else if (known.length) {
      // Between two values that are told lies a limit with a decimal more than they have.
      var told = entry.told.filter(function (decimals) { return decimals !== null; });
      var finest = told.length ? Math.min(entry.decimals, Math.max.apply(null, told) + 1) : entry.decimals;
      for (var step = 0; step < SHADES; step++) {
        var made = item(), box = document.createElement('span');
        box.className = 'shade';
        box.style.background = 'var(--shade-' + step + ')';
        made.appendChild(box);
        made.appendChild(document.createTextNode(format(entry, low + (high - low) * step / SHADES, finest) + ' – ' + format(entry, low + (high - low) * (step + 1) / SHADES, finest)));
      }
    }
    try { history.replaceState(null, '', '?indicator=' + encodeURIComponent(entry.key) + '&by=' + mode.value); } catch (refused) { /* some browsers refuse for files */ }
  }
  // A district that is pointed at, on the map or in the table, is marked in both.
  data.areas.forEach(function (code) {
    var own = document.querySelectorAll('[data-area="' + code + '"], [data-line="' + code + '"]');
    function mark(on) { own.forEach(function (node) { node.classList.toggle('marked', on); }); }
    own.forEach(function (node) {
      ['mouseenter', 'focusin'].forEach(function (name) { node.addEventListener(name, function () { mark(true); }); });
      ['mouseleave', 'focusout'].forEach(function (name) { node.addEventListener(name, function () { mark(false); }); });
    });
  });
  // An indicator that nobody is judged by is shown by its value.
  function judged() { return (byKey[which.value] || data.entries[0]).statuses.some(Boolean); }
  which.addEventListener('change', function () {
    lost = null;
    if (!judged()) mode.value = 'value';
    draw();
  });
  mode.addEventListener('change', draw);
  document.addEventListener('eduplan:look', draw);
  var given = new URLSearchParams(location.search), wanted = given.get('indicator');
  if (wanted && byKey[wanted]) which.value = wanted;
  else {
    if (wanted) lost = wanted;
    // The one on which the districts differ most says more than one that all of them meet.
    var most = 0;
    data.entries.forEach(function (entry) {
      var different = entry.statuses.filter(function (status, at) { return status && entry.statuses.indexOf(status) === at; }).length;
      if (different > most) { most = different; which.value = entry.key; }
    });
  }
  if (given.get('by') === 'value' || !judged()) mode.value = 'value';
  draw();
})();
