// The charts of an indicator: its years with target and path, and its districts side by side.
// Targets are ordinary lines and not mark lines where years are shown, and every axis is made to hold all that is drawn:
// ECharts drops a mark line outside of its axis without a word.
(function () {
  'use strict';
  var holder = document.getElementById('chart-data');
  if (!holder || !window.echarts) return;
  var data = JSON.parse(holder.textContent), trend = document.getElementById('trend'), bars = document.getElementById('districts');
  var select = document.getElementById('part'), drawn = [];
  var ABSENT = { Q: ['suppressed', '不公布'], M: ['missing', '缺'], N: ['n/a', '不适用'] };
  var SYMBOLS = { met: '✔', on_track: '●', at_risk: '▲', off_track: '▼', missed: '✘', insufficient_data: '?', no_judgement: '–' };

  function zh() { return window.eduplan.language() === 'zh'; }
  function say(en, chinese) { return zh() ? chinese : en; }
  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim(); }
  function isNumber(value) { return typeof value === 'number'; }
  // A value has the decimals in which it is told; those of the indicator where nothing else is said.
  function format(value, told) {
    if (!isNumber(value)) return value ? say(ABSENT[value][0], ABSENT[value][1]) : '';
    var digits = Math.max(isNumber(told) ? told : data.decimals, 0);
    return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace('-', '−') + data.unit;
  }
  function short(value) { return value.toLocaleString('en-US', { maximumFractionDigits: 4 }).replace('-', '−') + data.unit; }
  function numbers() {
    return Array.prototype.concat.apply([], arguments).filter(isNumber);
  }
  // Round steps around everything that is drawn, with some air; not below nothing where nothing is.
  function axis(values, fromZero) {
    var low = Math.min.apply(null, values), high = Math.max.apply(null, values);
    if (fromZero) {
      low = Math.min(0, low);
      high = Math.max(0, high);
      if (low < 0) low -= (high - low) * 0.3;  // room for the figures left of the bars, beside the names
    }
    var span = high - low || Math.abs(high) || 1, step = Math.pow(10, Math.floor(Math.log10(span / 4)));
    [1, 2, 2.5, 5, 10].some(function (by) { if (span / (step * by) <= 5) { step *= by; return true; } return false; });
    var bottom = Math.floor((low - (fromZero ? 0 : span * 0.06)) / step) * step, top = Math.ceil((high + span * 0.06) / step) * step;
    if (low >= 0 && bottom < 0) bottom = 0;
    if (data.unit === '%' && high <= 100 && top > 100) top = 100;
    return { min: Number(bottom.toPrecision(12)), max: Number(top.toPrecision(12)), interval: Number(step.toPrecision(12)) };
  }
  function base() {
    return { animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour('ink') }, aria: { enabled: false } };
  }
  function axisLook() {
    return { axisLine: { lineStyle: { color: colour('line') } }, axisTick: { show: false }, axisLabel: { color: colour('soft') }, splitLine: { lineStyle: { color: colour('chart-grid') } } };
  }
  // Figures stay readable where a line or a bar runs through them.
  function halo() { return { color: colour('ink'), textBorderColor: colour('surface'), textBorderWidth: 3 }; }
  function merge(one, two) { return Object.assign({}, one, two); }

  function drawTrend(part) {
    if (!trend || !part.years.length) return;
    var targets = part.targets, all = numbers(part.city, part.low, part.high);
    targets.forEach(function (target) {
      all = all.concat(numbers(target.path || [], [target.level, target.upper, target.goal && target.goal[1]]));
    });
    if (!all.length) { trend.textContent = say('No value to draw', '无可绘制的数值'); return; }
    var city = { name: say('Value', '数值'), type: 'line', data: part.city.map(function (value) { return isNumber(value) ? value : null; }), symbol: 'circle', symbolSize: 8, z: 5, lineStyle: { width: 3, color: colour('chart-1') }, itemStyle: { color: colour('chart-1') },
      label: merge(halo(), { show: true, position: 'top', formatter: function (point) { return format(part.city[point.dataIndex], part.told[point.dataIndex]); } }), labelLayout: { hideOverlap: true } };
    var series = [city], tones = ['chart-2', 'chart-3', 'chart-4'];
    if (numbers(part.low).length) {
      series.push({ name: say('95 % interval', '95% 置信区间'), type: 'custom', data: part.years.map(function (year, place) { return [place, part.low[place], part.high[place]]; }), z: 4,
        encode: { x: 0, y: [1, 2] }, itemStyle: { color: colour('chart-1') },
        renderItem: function (params, api) {
          if (!isNumber(part.low[params.dataIndex])) return null;
          var top = api.coord([api.value(0), api.value(2)]), bottom = api.coord([api.value(0), api.value(1)]);
          return { type: 'line', shape: { x1: top[0], y1: top[1], x2: bottom[0], y2: bottom[1] }, style: { stroke: colour('chart-1'), lineWidth: 2, opacity: 0.6 } };
        } });
    }
    targets.forEach(function (target, place) {
      var tone = colour(tones[place % 3]), name = say('Target ', '目标 ') + (zh() ? target.zh : target.en);
      [target.level, target.upper].forEach(function (level) {
        if (isNumber(level)) series.push({ name: name, type: 'line', data: part.years.map(function () { return level; }), symbol: 'none', lineStyle: { color: tone, width: 1.8 }, itemStyle: { color: tone } });
      });
      if (target.path) series.push({ name: say('Path', '进度线') + (targets.length > 1 ? ' ' + (place + 1) : ''), type: 'line', data: target.path, symbol: 'none', connectNulls: false, lineStyle: { color: tone, type: 'dashed', width: 1.8 }, itemStyle: { color: tone } });
      if (target.goal) series.push({ name: name, type: 'scatter', data: [target.goal], symbol: 'diamond', symbolSize: 13, itemStyle: { color: tone }, z: 6 });
    });
    var chart = echarts.init(trend, null, { renderer: 'svg' });
    chart.setOption(merge(base(), {
      grid: { left: 8, right: 18, top: 42, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 22, textStyle: { color: colour('soft') }, data: series.map(function (each) { return each.name; }).filter(function (name, place, names) { return names.indexOf(name) === place; }) },
      tooltip: { trigger: 'axis', confine: true, backgroundColor: colour('surface'), borderColor: colour('line'), textStyle: { color: colour('ink') },
        formatter: function (points) {
          var place = points[0].dataIndex, lines = [part.years[place]];
          if (part.city[place] !== null) lines.push(say('Value', '数值') + ' ' + format(part.city[place], part.told[place]));
          targets.forEach(function (target) { if (target.path && isNumber(target.path[place])) lines.push(say('Path', '进度线') + ' ' + format(target.path[place], target.told)); });
          return lines.join('<br>');
        } },
      xAxis: merge(axisLook(), { type: 'category', data: part.years, splitLine: { show: false } }),
      yAxis: merge(axisLook(), merge(axis(all, false), { type: 'value', axisLine: { show: false }, axisLabel: { color: colour('soft'), formatter: short } })),
      series: series
    }));
    drawn.push(chart);
  }

  function drawDistricts(part) {
    if (!bars) return;
    var rows = part.districts.slice().sort(function (a, b) {
      if (isNumber(a.value) !== isNumber(b.value)) return isNumber(a.value) ? 1 : -1;
      return isNumber(a.value) ? a.value - b.value : 0;
    });
    bars.style.height = Math.max(12 * 16, rows.length * 25 + 60) + 'px';
    if (!rows.length) { bars.textContent = say('No district has a value', '无区县数值'); return; }
    // Of the latest year alone: where that one is not told, an older one would not be what the districts stand beside.
    var last = part.city.reduce(function (found, value, place) { return value === null ? found : place; }, -1);
    var city = data.amount || last < 0 ? null : part.city[last], level = part.targets.map(function (target) { return target.level === null ? target.goal && target.goal[1] : target.level; }).filter(isNumber)[0];
    var marks = [];
    if (isNumber(city)) marks.push({ xAxis: city, told: part.told[last], name: say('City', '全市'), lineStyle: { color: colour('ink'), type: 'solid', width: 1.5 }, label: { distance: 4 } });
    if (isNumber(level)) marks.push({ xAxis: level, name: say('Target', '目标'), lineStyle: { color: colour('chart-2'), type: 'dashed', width: 1.5 }, label: { distance: 18 } });
    var held = numbers(rows.map(function (row) { return row.value; }), [city, level]);
    if (!held.length) { bars.textContent = say('No value to draw', '无可绘制的数值'); return; }
    var chart = echarts.init(bars, null, { renderer: 'svg' });
    chart.setOption(merge(base(), {
      grid: { left: 8, right: 74, top: 38, bottom: 4, containLabel: true },
      tooltip: { trigger: 'item', confine: true, backgroundColor: colour('surface'), borderColor: colour('line'), textStyle: { color: colour('ink') },
        formatter: function (point) { return point.componentType === 'markLine' ? point.name + ' ' + format(point.data.xAxis, point.data.told) : point.name + ' ' + format(rows[point.dataIndex].value, rows[point.dataIndex].told); } },
      xAxis: merge(axisLook(), merge(axis(held, true), { type: 'value', axisLabel: { color: colour('soft'), formatter: short, hideOverlap: true } })),
      yAxis: merge(axisLook(), { type: 'category', data: rows.map(function (row) { return zh() ? row.zh : row.en; }), axisLabel: { color: colour('ink'), interval: 0 } }),
      series: [{ type: 'bar', barWidth: '62%', z: 3,
        data: rows.map(function (row) {
          var tone = row.status && SYMBOLS[row.status] ? row.status : 'chart-1';
          return { value: isNumber(row.value) ? row.value : 0, itemStyle: { color: colour(tone), opacity: 0.85 }, label: { position: row.value < 0 ? 'left' : 'right' } };
        }),
        label: merge(halo(), { show: true, formatter: function (point) { var row = rows[point.dataIndex]; return (SYMBOLS[row.status] ? SYMBOLS[row.status] + ' ' : '') + format(row.value, row.told); } }),
        markLine: { symbol: 'none', silent: false, z: 2, data: marks, label: { show: true, color: colour('soft'), formatter: function (point) { return point.name; }, position: 'end', fontSize: 11 } } }]
    }));
    drawn.push(chart);
  }

  function draw() {
    drawn.splice(0).forEach(function (chart) { chart.dispose(); });
    var part = data.parts[select ? Number(select.value) || 0 : 0];
    if (!part) return;
    drawTrend(part);
    drawDistricts(part);
  }
  document.addEventListener('eduplan:look', draw);
  if (select) select.addEventListener('change', draw);
  var waiting;
  function fit() { clearTimeout(waiting); waiting = setTimeout(function () { drawn.forEach(function (chart) { chart.resize(); }); }, 60); }
  addEventListener('resize', fit);
  addEventListener('beforeprint', function () { drawn.forEach(function (chart) { chart.resize(); }); });
  draw();
})();
