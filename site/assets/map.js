// Colours the districts by the status or the value of one indicator. Statuses keep their symbols, values their numbers.
(function () {
  'use strict';
  var holder = document.getElementById('map-data'), which = document.getElementById('map-indicator'), mode = document.getElementById('map-mode');
  if (!holder || !which) return;
  var data = JSON.parse(holder.textContent);
  var STATUS = { met: ['✔', 'met', '已达成'], on_track: ['●', 'on track', '正常推进'], at_risk: ['▲', 'at risk', '存在风险'], off_track: ['▼', 'off track', '偏离进度'], missed: ['✘', 'missed', '未达成'], insufficient_data: ['?', 'insufficient data', '数据不足'], no_judgement: ['–', 'not judged', '不作评价'] };
  var ABSENT = { Q: ['suppressed', '不公布'], M: ['missing', '缺'], N: ['n/a', '不适用'] }, SHADES = 5;
  function zh() { return window.eduplan.language() === 'zh'; }
  function format(entry, value) {
    if (value === null) return zh() ? '无数据' : 'no value';
    if (typeof value !== 'number') return ABSENT[value][zh() ? 1 : 0];
    return value.toLocaleString('en-US', { minimumFractionDigits: entry.decimals, maximumFractionDigits: entry.decimals }).replace('-', '−') + entry.unit;
  }
  function draw() {
    var entry = data.entries[Number(which.value) || 0], byStatus = mode.value === 'status';
    var known = entry.values.filter(function (value) { return typeof value === 'number'; }), low = Math.min.apply(null, known), high = Math.max.apply(null, known);
    var lines = [];
    function shade(value) { return Math.min(SHADES - 1, Math.floor((value - low) / ((high - low) || 1) * SHADES)); }
    data.areas.forEach(function (code, place) {
      var value = entry.values[place], status = entry.statuses[place], look = STATUS[status];
      var fill = byStatus ? (look ? 'var(--' + status + '-bg)' : '') : typeof value === 'number' ? 'var(--shade-' + shade(value) + ')' : '';
      var verdict = look ? look[0] + ' ' + look[zh() ? 2 : 1] : '', reading = format(entry, value);
      document.querySelectorAll('[data-tile="' + code + '"]').forEach(function (tile) {
        tile.style.background = fill;
        tile.style.color = byStatus || typeof value !== 'number' ? '' : 'var(--on-shade-' + shade(value) + ')';
        tile.dataset.tone = byStatus && look ? status : '';
        tile.querySelector('.reading').textContent = reading;
        var told = tile.querySelector('.verdict');
        told.textContent = verdict;
        told.style.color = byStatus ? '' : 'inherit';
      });
      document.querySelectorAll('[data-area="' + code + '"]').forEach(function (area) {
        area.querySelector('path').style.setProperty('--fill', fill || 'var(--sunk)');
        area.querySelector('title').textContent = data.names[place][zh() ? 1 : 0] + ' ' + reading + ' ' + verdict;
      });
      document.querySelectorAll('[data-text="' + code + '"]').forEach(function (text) {
        text.textContent = (look ? look[0] + ' ' : '') + data.names[place][zh() ? 1 : 0] + ' ' + reading;
      });
      if (byStatus && status && lines.indexOf(status) < 0) lines.push(status);
    });
    document.getElementById('map-note').textContent = entry.period + (typeof entry.city === 'number' ? ' · ' + (zh() ? '全市 ' : 'city ') + format(entry, entry.city) : '');
    var legend = document.getElementById('map-legend');
    legend.textContent = '';
    if (byStatus) {
      Object.keys(STATUS).filter(function (name) { return lines.indexOf(name) >= 0; }).forEach(function (name) {
        var item = document.createElement('li'), chip = document.createElement('span');
        chip.className = 'status';
        chip.dataset.tone = name;
        chip.textContent = STATUS[name][0] + ' ' + STATUS[name][zh() ? 2 : 1];
        item.appendChild(chip);
        legend.appendChild(item);
      });
    } else if (known.length) {
      for (var step = 0; step < SHADES; step++) {
        var item = document.createElement('li'), box = document.createElement('span');
        box.style.cssText = 'display:inline-block;width:1.4em;height:1em;vertical-align:-.15em;margin-right:.4em;border-radius:3px;background:var(--shade-' + step + ')';
        item.appendChild(box);
        item.appendChild(document.createTextNode(format(entry, low + (high - low) * step / SHADES) + ' – ' + format(entry, low + (high - low) * (step + 1) / SHADES)));
        legend.appendChild(item);
      }
    }
    try { history.replaceState(null, '', '?indicator=' + encodeURIComponent(which.value) + '&by=' + mode.value); } catch (refused) { /* some browsers refuse for files */ }
  }
  var given = new URLSearchParams(location.search);
  if (given.get('indicator') && data.entries[Number(given.get('indicator'))]) which.value = given.get('indicator');
  if (given.get('by') === 'value') mode.value = 'value';
  // An indicator that nobody is judged by is shown by its value.
  which.addEventListener('change', function () {
    if (!data.entries[Number(which.value)].statuses.some(Boolean)) mode.value = 'value';
    draw();
  });
  mode.addEventListener('change', draw);
  document.addEventListener('eduplan:look', draw);
  if (!given.get('indicator')) {
    // The one on which the districts differ most says more than one that all of them meet.
    var most = 0;
    data.entries.forEach(function (entry, place) {
      var different = entry.statuses.filter(function (status, at) { return status && entry.statuses.indexOf(status) === at; }).length;
      if (different > most) { most = different; which.value = String(place); }
    });
  }
  draw();
})();
