// Values over time: intervals as bands, limits as dashed lines, violations, failed runs and deployments as marks.
import { cut, distinct, faded, filled, inside, moment, writer } from "./ink.js";
import { CROSS, ground, legend, ruled, scale, timeAxis, tip, tooltip, valueAxis, zoom } from "./parts.js";

const MARKS = { violation: "Violation", failed: "Failed run", deployment: "Deployment" };

export function lines(data, ink) {
  const times = data.times.map(Date.parse);
  const write = writer(data.unit);
  const names = distinct(data.series.map((s) => s.name));
  const all = data.series.map((s, i) => ({ ...s, name: names[i], hue: ink.of(s.colour ?? (i ? null : "now"), i) }));
  const marks = (data.marks ?? []).map((mark) => ({ ...mark, ms: Date.parse(mark.at) }));
  const entries = [...all.map((s) => entry(s)), ...["violation", "failed"].filter((k) => marks.some((m) => m.kind === k)).map((k) => ({ name: MARKS[k], icon: k === "failed" ? CROSS : "triangle" }))];
  const keyed = entries.length > 1;
  const zoomed = times.length > 90;
  const labelled = marks.some((mark) => mark.kind === "deployment");
  const base = ground(ink);
  const series = [...all.flatMap(drawn), ...limits(), ...marked()];
  return {
    n: times.length,
    option: {
      ...base,
      grid: { ...base.grid, top: (keyed ? 30 : 12) + (labelled ? 16 : 0), bottom: zoomed ? 28 : 4 },
      legend: keyed ? legend(ink, entries) : undefined,
      tooltip: tooltip(ink, "axis", (found) => described(found[0].axisValue)),
      xAxis: { ...timeAxis(ink), ...(times.length === 1 && { min: times[0] - 1_800_000, max: times[0] + 1_800_000 }) },
      yAxis: [
        valueAxis(ink, data.unit, data.unit === "count" ? { min: data.y_min ?? 0, max: data.y_max ?? undefined, minInterval: 1 } : scale(heights(), { low: data.y_min, high: data.y_max, share: data.unit === "share", least: data.unit === "share" ? 0.04 : 0 })),
        { type: "value", min: 0, max: 1, show: false },
      ],
      dataZoom: zoom(ink, times.length, 90, { xAxisIndex: 0 }),
      series,
    },
    steps: { seriesIndex: series.findIndex((s) => s.name === all[0]?.name) },
    say: (i) => [moment(times[i]), ...all.map((s) => `${s.name} ${write(s.values[i])}`), ...at(times[i]).map((m) => MARKS[m.kind])].join(", "),
    nearest: (value) => (value ? nearest(value[0]) : -1),
    link: (i) => inside(data.links?.[i]) ?? filled(data.link, { time: data.times[i] }),
    summary: `${times.length} points in time of ${all.map((s) => cut(s.name, 60)).slice(0, 8).join(", ")}`,
    table: [
      ["time", ...all.flatMap((s) => [s.name, ...(s.low && s.high ? [`${s.name} low`, `${s.name} high`] : [])]), ...(data.limit_series ? [data.limit_series.name] : []), "marks"],
      ...data.times.map((time, i) => [
        time, ...all.flatMap((s) => [s.values[i], ...(s.low && s.high ? [s.low[i], s.high[i]] : [])]),
        ...(data.limit_series ? [data.limit_series.values[i]] : []), at(times[i]).map((m) => `${m.kind} ${m.label ?? ""}`.trim()).join("; "),
      ]),
    ],
  };

  function heights() {
    return [...all.flatMap((s) => [...s.values, ...(s.low ?? []), ...(s.high ?? [])]), ...(data.limits ?? []).map((l) => l.value), ...(data.limit_series?.values ?? [])];
  }

  function entry(series) {
    return { name: series.name, icon: series.kind === "points" ? "circle" : "roundRect" };
  }

  function drawn(series) {
    const values = series.values.map((value) => value ?? null);
    const few = values.length <= 60;
    const points = values.map((value, i) => {
      const alone = value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null;
      return { value: [times[i], value], symbol: alone || (few && series.kind !== "dashed") ? "circle" : "none" };
    });
    const shared = { name: series.name, itemStyle: { color: series.hue }, data: points };
    if (series.kind === "points") return [{ ...shared, type: "scatter", symbolSize: 6, data: points.map((p) => p.value) }];
    const line = { ...shared, type: "line", symbolSize: times.length === 1 ? 8 : 4.5, connectNulls: false, z: 3, lineStyle: { width: 2, color: series.hue, type: series.kind === "dashed" ? [5, 4] : "solid" },
      emphasis: { disabled: true } };
    return series.low && series.high ? [...band(series), line] : [line];
  }

  function band(series) {
    const shared = { type: "line", stack: `band ${series.name}`, stackStrategy: "all", silent: true, symbol: "none", lineStyle: { width: 0 }, emphasis: { disabled: true }, z: 1 };
    const pair = (i) => (series.low[i] ?? null) !== null && (series.high[i] ?? null) !== null;
    return [
      { ...shared, name: `${series.name} low`, data: times.map((t, i) => [t, pair(i) ? series.low[i] : null]) },
      { ...shared, name: `${series.name} band`, areaStyle: { color: faded(series.hue, 0.16) }, data: times.map((t, i) => [t, pair(i) ? series.high[i] - series.low[i] : null]) },
    ];
  }

  function limits() {
    const fixed = (data.limits ?? []).filter((limit) => Number.isFinite(limit.value)).map((limit, i) => ({
      type: "line", name: `limit ${i}`, symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false },
      data: times.length ? [[times[0], limit.value], [times.at(-1), limit.value]] : [],
      markLine: { silent: true, symbol: "none", data: [{ yAxis: limit.value, ...ruled(ink, `${limit.name} ${write(limit.value)}`, limit.side === "below" ? "insideStartBottom" : "insideStartTop") }] },
      markArea: { silent: true, itemStyle: { color: faded(ink.alarm, 0.05) }, data: [[{ yAxis: limit.value }, { yAxis: limit.side === "below" ? -Infinity : Infinity }]] },
    }));
    const moving = data.limit_series;
    return moving ? [...fixed, { type: "line", name: "moving limit", step: "middle", symbol: "none", silent: true, z: 2, lineStyle: { color: ink.alarm, width: 1.2, type: [5, 4] }, data: times.map((t, i) => [t, moving.values[i] ?? null]) }] : fixed;
  }

  function marked() {
    const violations = marks.filter((m) => m.kind === "violation").map((m) => ({ mark: m, value: valueAt(m) }));
    const crowded = violations.length > 80;
    const scatter = (name, more) => ({ type: "scatter", name, z: 5, silent: true, tooltip: { show: false }, emphasis: { disabled: true }, ...more });
    const made = [
      scatter(MARKS.violation, { symbol: "triangle", symbolSize: crowded ? 5 : 10, itemStyle: { color: ink.alarm, borderColor: ink.card, borderWidth: crowded ? 0 : 1 }, data: violations.filter((v) => v.value !== null).map((v) => [v.mark.ms, v.value]) }),
      scatter(MARKS.violation, { yAxisIndex: 1, symbol: "triangle", symbolSize: 10, itemStyle: { color: ink.alarm }, data: violations.filter((v) => v.value === null).map((v) => [v.mark.ms, 0.02]) }),
      scatter(MARKS.failed, { yAxisIndex: 1, symbol: CROSS, symbolSize: 9, itemStyle: { color: ink.alarm }, data: marks.filter((m) => m.kind === "failed").map((m) => [m.ms, 0.02]) }),
    ];
    const deployed = marks.filter((m) => m.kind === "deployment");
    made.push(scatter(MARKS.deployment, { yAxisIndex: 1, symbolSize: 0, data: deployed.map((m) => [m.ms, 0.5]), markLine: {
      silent: true, symbol: "none", animation: false,
      data: deployed.map((m) => ({ xAxis: m.ms, lineStyle: { color: ink.dim, type: "solid", width: 1 }, label: { show: deployed.length <= 6, align: aside(m.ms), formatter: () => cut(m.label ?? "", 16), color: ink.dim, fontSize: 11, fontFamily: ink.font } })),
    } }));
    return made;
  }

  function aside(ms) {
    const share = (ms - times[0]) / (times.at(-1) - times[0] || 1);
    return share > 0.85 ? "right" : share < 0.15 ? "left" : "center";
  }

  function valueAt(mark) {
    return all[mark.series ?? 0]?.values[times.indexOf(mark.ms)] ?? null;
  }

  function at(ms) {
    return marks.filter((mark) => mark.ms === ms);
  }

  function nearest(ms) {
    let best = -1;
    times.forEach((t, i) => { if (best < 0 || Math.abs(t - ms) < Math.abs(times[best] - ms)) best = i; });
    return best;
  }

  function described(ms) {
    const i = nearest(ms);
    const interval = (s) => (s.low && s.high && Number.isFinite(s.low[i]) ? ` (${write(s.low[i])} to ${write(s.high[i])})` : "");
    return tip(`${moment(times[i])} UTC`, [
      ...all.map((s) => [s.hue, s.name, write(s.values[i]) + interval(s)]),
      ...(data.limits ?? []).map((limit) => [ink.alarm, limit.name, write(limit.value)]),
      ...(data.limit_series ? [[ink.alarm, data.limit_series.name, write(data.limit_series.values[i])]] : []),
      ...at(times[i]).map((m) => [m.kind === "deployment" ? ink.dim : ink.alarm, MARKS[m.kind] ?? m.kind, m.label ?? ""]),
    ]);
  }
}
