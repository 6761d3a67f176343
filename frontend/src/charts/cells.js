// Charts of cells: distance by feature and time, and confusion matrices.
import { cut, filled, inside, moment, tick, writer } from "./ink.js";
import { ground, nameAxis, tip, tooltip, zoom } from "./parts.js";

const MOST_ROWS = 200;

export function heat(data, ink, _, width = 480) {
  const rows = data.rows.slice(0, MOST_ROWS).map((row) => `${row ?? ""}`);
  const times = data.times.map(Date.parse);
  const write = writer(data.unit ?? "number");
  const limit = (r) => (Array.isArray(data.limit) ? data.limit[r] : data.limit) ?? null;
  const most = data.max ?? Math.max(0, ...data.values.slice(0, MOST_ROWS).map((row) => row.reduce((a, v) => Math.max(a, v ?? 0), 0)));
  const over = (r, value) => limit(r) !== null && value > limit(r);
  const cells = rows.flatMap((_, r) => times.map((_, t) => [t, r, data.values[r]?.[t] ?? null]));
  const shown = cells.filter((cell) => cell[2] !== null);
  const base = ground(ink);
  const wide = times.length > 120;
  const narrow = width * 0.75 / Math.max(1, Math.min(times.length, 120)) < 9;
  const limited = rows.some((_, r) => limit(r) !== null);
  return {
    n: shown.length,
    fluid: true,
    height: rows.length > 8 ? rows.length * 20 + 70 : undefined,
    option: {
      ...base,
      grid: { ...base.grid, top: 30, bottom: wide ? 28 : 4 },
      tooltip: tooltip(ink, "item", (found) => described(found.value[0], found.value[1], found.value[3])),
      xAxis: nameAxis(ink, times.map((_, i) => i), 90, { axisLine: { show: false }, axisLabel: { formatter: (i) => tick(times[i]) } }),
      yAxis: nameAxis(ink, rows.map((_, i) => i), Math.min(150, width * 0.3), { inverse: true, triggerEvent: Boolean(data.links), axisLine: { show: false },
        axisLabel: { formatter: (i) => rows[i] ?? "", color: data.links ? ink.now : ink.dim, interval: 0, hideOverlap: false } }),
      dataZoom: zoom(ink, times.length, 120, { xAxisIndex: 0, startValue: Math.max(0, times.length - 120), endValue: times.length - 1 }),
      // Up to the limit the scale goes to its middle and beyond it from there, so that one picture serves rows of many limits.
      visualMap: { type: "continuous", min: 0, max: 1, dimension: 2, seriesIndex: 0, calculable: false, hoverLink: false, orient: "horizontal", left: 0, top: 0, itemWidth: 9, itemHeight: 110,
        text: [limited ? `${write(most)}; middle: the limit; ${narrow ? "marked" : "▲"}: over it` : write(most), "0"], textGap: 6, textStyle: { color: ink.dim, fontSize: 11, fontFamily: ink.font },
        inRange: { color: [ink.h0, ink.h1, ink.h2, ink.h3, ink.h4] } },
      series: [
        { type: "heatmap", itemStyle: { borderColor: ink.card, borderWidth: times.length > 60 ? 0.5 : 1.5, borderRadius: 2 }, emphasis: { itemStyle: { borderColor: ink.ink, borderWidth: 1.5 } },
          cursor: data.cell_link || data.links ? "pointer" : "default", progressive: 0,
          data: shown.map(([t, r, value]) => [t, r, level(r, value), value]) },
        { type: "scatter", silent: true, symbol: narrow ? "rect" : "triangle", symbolSize: narrow ? [3, 3] : 6, itemStyle: { color: ink.card }, data: shown.filter(([, r, value]) => over(r, value)).map(([t, r]) => [t, r]) },
      ],
    },
    steps: { seriesIndex: 0 },
    say: (i) => `${rows[shown[i][1]]}, ${moment(times[shown[i][0]])}, ${write(shown[i][2])}${over(shown[i][1], shown[i][2]) ? ", over the limit" : ""}`,
    nearest: (value) => (value ? shown.findIndex((cell) => cell[0] === Math.round(value[0]) && cell[1] === Math.round(value[1])) : -1),
    link: (i) => filled(data.cell_link, { row: data.rows[shown[i][1]], time: data.times[shown[i][0]] }) || inside(data.links?.[shown[i][1]]),
    rowLink: (r) => inside(data.links?.[r]),
    note: data.rows.length > MOST_ROWS ? `the first ${MOST_ROWS} of ${data.rows.length} rows` : undefined,
    summary: `${rows.length} rows by ${times.length} points in time, ${shown.filter(([, r, v]) => over(r, v)).length} cells over their limit`,
    table: [["row", ...data.times], ...data.rows.map((row, r) => [row, ...(data.values[r] ?? [])])],
  };

  function level(r, value) {
    const top = limit(r);
    if (top === null || top <= 0) return most > 0 ? Math.min(1, value / most) : 0;
    if (value <= top) return 0.5 * (value / top);
    return 0.62 + 0.38 * Math.min(1, (value - top) / Math.max(most - top, top, 1e-12));
  }

  function described(t, r, value) {
    const top = limit(r);
    return tip(rows[r], [
      [ink.now, `${moment(times[t])} UTC`, write(value)],
      ...(top === null ? [] : [[ink.alarm, over(r, value) ? "over the limit" : "limit", write(top)]]),
    ]);
  }
}

export function matrix(data, ink) {
  const names = data.classes.map((name) => `${name ?? ""}`);
  const write = writer(data.unit ?? "count");
  const share = writer("share");
  const totals = data.counts.map((row) => row.reduce((a, b) => a + (b ?? 0), 0));
  const cells = names.flatMap((_, actual) => names.map((_, predicted) => [predicted, actual, totals[actual] ? (data.counts[actual][predicted] ?? 0) / totals[actual] : 0, data.counts[actual][predicted]]));
  const base = ground(ink);
  const labelled = names.length <= 12;
  const titled = { nameLocation: "middle", nameTextStyle: { color: ink.dim, fontSize: 12, fontFamily: ink.font, fontWeight: 600 } };
  return {
    n: cells.length,
    option: {
      ...base,
      grid: { ...base.grid, top: 8, outerBoundsContain: "all" },
      tooltip: tooltip(ink, "item", (found) => tip(`actual ${cut(names[found.value[1]], 60)}`, [[ink.now, `predicted ${names[found.value[0]]}`, write(found.value[3])], [ink.was, "of this actual class", share(found.value[2])]])),
      xAxis: nameAxis(ink, names.map((_, i) => i), 90, { name: "Predicted", nameGap: 26, ...titled, axisLine: { show: false }, axisLabel: { formatter: (i) => names[i] } }),
      yAxis: nameAxis(ink, names.map((_, i) => i), 90, { name: "Actual", nameGap: 12, ...titled, inverse: true, axisLine: { show: false }, axisLabel: { formatter: (i) => names[i] } }),
      visualMap: { type: "continuous", show: false, min: 0, max: 1, dimension: 2, seriesIndex: 0, inRange: { color: [ink.h0, ink.h1, ink.h2, ink.h3] } },
      series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: ink.card, borderWidth: 2, borderRadius: 3 }, emphasis: { disabled: true },
        label: { show: labelled, fontFamily: ink.font, fontSize: 12, lineHeight: 15, formatter: (cell) => (names.length <= 6 ? `${write(cell.value[3])}\n${share(cell.value[2])}` : write(cell.value[3])) } }]
        .map((series) => ({ ...series, data: cells.map((cell) => ({ value: cell, label: { color: cell[2] > 0.4 ? ink.card : ink.ink } })) })),
    },
    steps: { seriesIndex: 0 },
    say: (i) => `actual ${names[cells[i][1]]}, predicted ${names[cells[i][0]]}, ${write(cells[i][3])}`,
    nearest: () => -1,
    link: () => null,
    summary: `confusion matrix of ${names.length} classes`,
    table: [["actual", ...names.map((name) => `predicted ${name}`)], ...names.map((name, i) => [name, ...data.counts[i]])],
  };
}
