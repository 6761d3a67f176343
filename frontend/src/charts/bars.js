// Bars by category, and histograms of two windows over one another.
import { distinct, faded, inside, writer } from "./ink.js";
import { ground, legend, nameAxis, tip, tooltip, valueAxis, zoom } from "./parts.js";

export function bars(data, ink, _, width = 480) {
  const names = distinct(data.series.map((s) => s.name));
  const write = writer(data.unit);
  const hue = (i) => ink.of(data.series[i].colour ?? (names.length === 1 ? "now" : null), i);
  const long = data.categories.map((name) => `${name ?? ""}`);
  const base = ground(ink);
  const flat = data.horizontal;
  const zoomed = long.length > 60;
  const values = valueAxis(ink, data.unit, data.unit === "count" ? { minInterval: 1 } : {});
  // Categories go by number, so that two of one name stay two bars.
  const categories = nameAxis(ink, long.map((_, i) => i), flat ? Math.min(150, width * 0.34) : 90, { inverse: flat, axisLabel: { formatter: (i) => long[i] ?? "" } });
  return {
    n: long.length,
    fluid: flat,
    option: {
      ...base,
      grid: { ...base.grid, top: names.length > 1 ? 30 : 10, bottom: zoomed && !flat ? 28 : 4, right: zoomed && flat ? 32 : 14 },
      legend: names.length > 1 ? legend(ink, names) : undefined,
      tooltip: { ...tooltip(ink, "axis", (found) => described(found[0].dataIndex)), axisPointer: { type: "shadow", shadowStyle: { color: faded(ink.was, 0.14) } } },
      xAxis: flat ? values : categories,
      yAxis: flat ? categories : values,
      dataZoom: zoom(ink, long.length, 60, flat ? { yAxisIndex: 0, orient: "vertical", width: 14, height: undefined, right: 2, bottom: 10, endValue: 40 } : { xAxisIndex: 0 }),
      series: data.series.map((s, i) => ({
        type: "bar", name: names[i], stack: data.stacked ? "all" : undefined, barMaxWidth: 28, barGap: "8%", cursor: data.links ? "pointer" : "default",
        itemStyle: { color: hue(i), borderRadius: data.stacked ? 0 : flat ? [0, 2, 2, 0] : [2, 2, 0, 0] }, emphasis: { disabled: true }, data: s.values.map((v) => v ?? null),
      })),
    },
    steps: { seriesIndex: 0 },
    say: (i) => [long[i], ...data.series.map((s, k) => `${names[k]} ${write(s.values[i])}`)].join(", "),
    nearest: (value) => (value ? Math.round(value[flat ? 1 : 0]) : -1),
    link: (i) => inside(data.links?.[i]),
    summary: `${long.length} categories of ${names.slice(0, 8).join(", ")}`,
    table: [["name", ...names], ...long.map((name, i) => [name, ...data.series.map((s) => s.values[i])])],
  };

  function described(i) {
    return tip(long[i], data.series.map((s, k) => [hue(k), names[k], write(s.values[i])]));
  }
}

export const HISTOGRAM_MODES = { shares: "Shares", log: "Log", cdf: "CDF" };

export function histogram(data, ink, mode = "shares") {
  const names = distinct(data.series.map((s) => s.name));
  const write = writer("share");
  const edges = closed(data.edges);
  const number = writer("number");
  const n = Math.max(0, edges.length - 1);
  const hues = data.series.map((s, i) => ink.of(s.colour ?? (data.series.length === 1 ? "now" : ["was", "now"][i]), i));
  const base = ground(ink);
  const cdf = mode === "cdf";
  const present = data.series.flatMap((s) => s.shares).filter((share) => share > 0);
  const floor = 10 ** Math.floor(Math.log10(present.length ? Math.min(...present) : 0.001));
  const shares = data.series.map((s) => (cdf ? summed(s.shares) : s.shares));
  return {
    n,
    modes: HISTOGRAM_MODES,
    option: {
      ...base,
      grid: { ...base.grid, top: 30 },
      legend: legend(ink, names),
      tooltip: { ...tooltip(ink, "axis", (found) => described(bin(found[0].axisValue))) },
      xAxis: { ...valueAxis(ink, "number", { min: edges[0], max: edges[n], splitNumber: 6 }), axisLine: { show: true, onZero: false, lineStyle: { color: ink.edge } }, splitLine: { show: false } },
      yAxis: valueAxis(ink, "share", mode === "log" ? { type: "log", min: floor } : cdf ? { min: 0, max: 1 } : { min: 0 }),
      series: data.series.map((s, i) => (cdf ? stepped(i) : blocks(i))),
    },
    steps: { seriesIndex: 0 },
    say: (i) => [range(i), ...shares.map((values, k) => `${names[k]} ${write(values[i])}`)].join(", "),
    nearest: () => -1,
    link: () => null,
    summary: `shares of ${names.join(" and ")} in ${n} bins`,
    table: [["from", "to", ...names], ...Array.from({ length: n }, (_, i) => [data.edges[i], data.edges[i + 1], ...data.series.map((s) => s.shares[i])])],
  };

  function blocks(i) {
    return { type: "custom", name: names[i], itemStyle: { color: hues[i] }, clip: true, encode: { x: [0, 1], y: 2 }, data: shares[i].map((share, k) => [edges[k], edges[k + 1], share]),
      renderItem: (_, api) => {
        const low = mode === "log" ? floor : 0;
        const [left, top] = api.coord([api.value(0), Math.max(api.value(2), low)]);
        const [right, bottom] = api.coord([api.value(1), low]);
        return { type: "rect", shape: { x: left + 0.5, y: top, width: Math.max(1, right - left - 1), height: bottom - top }, style: { fill: hues[i], opacity: i ? 0.62 : 1 } };
      } };
  }

  function stepped(i) {
    return { type: "line", name: names[i], symbol: "none", itemStyle: { color: hues[i] }, lineStyle: { width: 2, color: hues[i] }, emphasis: { disabled: true },
      data: [[edges[0], 0], ...shares[i].map((share, k) => [edges[k + 1], share])] };
  }

  function bin(value) {
    return Math.max(0, Math.min(n - 1, edges.findIndex((edge, i) => i > 0 && value < edge) - 1 + (value >= edges[n] ? n + 1 : 0)));
  }

  function range(i) {
    if (data.edges[i] === null) return `under ${number(data.edges[i + 1])}`;
    return data.edges[i + 1] === null ? `${number(data.edges[i])} and more` : `${number(data.edges[i])} to ${number(data.edges[i + 1])}`;
  }

  function described(i) {
    return tip(range(i) + (cdf ? ", summed up" : ""), names.map((name, k) => [hues[k], name, write(shares[k][i])]));
  }
}

function summed(shares) {
  let total = 0;
  return shares.map((share) => (total += share ?? 0));
}

/** Open ends get the width of their neighbour. */
function closed(edges) {
  const out = [...edges];
  if (out.length > 2 && out[0] === null) out[0] = 2 * out[1] - (out.length > 3 ? out[2] : out[1] + 1);
  const last = out.length - 1;
  if (out.length > 2 && out[last] === null) out[last] = 2 * out[last - 1] - (out.length > 3 ? out[last - 2] : out[last - 1] - 1);
  return out;
}
