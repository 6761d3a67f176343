// Curves (ROC, precision and recall, calibration), ranks then and now, and drift against importance.
import { cut, distinct, faded, inside, writer } from "./ink.js";
import { ground, legend, nameAxis, ruled, scale, tip, tooltip, valueAxis } from "./parts.js";

const named = (ink, text, gap) => ({ name: cut(text ?? "", 60), nameLocation: "middle", nameGap: gap, nameTextStyle: { color: ink.dim, fontSize: 12, fontFamily: ink.font } });
const based = (ink) => ({ axisLine: { show: true, onZero: false, lineStyle: { color: ink.edge } } });

export function curve(data, ink) {
  const names = distinct(data.series.map((s) => s.name));
  const write = writer(data.unit ?? "number");
  const hues = data.series.map((s, i) => ink.of(s.colour ?? (i ? null : "now"), i));
  const base = ground(ink);
  const ends = (values) => scale(values, { low: data.min === undefined ? 0 : data.min, high: data.max === undefined ? 1 : data.max });
  const [from, to] = [data.min ?? 0, data.max ?? 1];
  const diagonal = { type: "line", name: "diagonal", silent: true, symbol: "none", z: 1, lineStyle: { color: ink.was, width: 1.2, type: [5, 4] }, data: [[from, from], [to, to]] };
  return {
    n: Math.max(0, ...data.series.map((s) => s.x.length)),
    option: {
      ...base,
      grid: { ...base.grid, top: names.length > 1 ? 30 : 10, outerBoundsContain: "all" },
      legend: names.length > 1 ? legend(ink, names) : undefined,
      tooltip: tooltip(ink, "item", (found) => described(found.seriesIndex, found.dataIndex)),
      xAxis: valueAxis(ink, "number", { ...ends(data.series.flatMap((s) => s.x)), ...named(ink, data.x_name, 26), ...based(ink) }),
      yAxis: valueAxis(ink, "number", { ...ends(data.series.flatMap((s) => s.y)), ...named(ink, data.y_name, 36) }),
      series: [
        ...data.series.map((s, i) => ({ type: "line", name: names[i], showSymbol: s.x.length <= 40, symbol: "circle", symbolSize: 5, itemStyle: { color: hues[i] }, emphasis: { disabled: true },
          triggerLineEvent: false, lineStyle: { width: 2, color: hues[i] }, data: s.x.map((x, k) => [x, s.y[k] ?? null]) })),
        ...(data.diagonal ? [diagonal] : []),
      ],
    },
    steps: { seriesIndex: 0 },
    say: (i) => names.map((name, k) => `${name} ${write(data.series[k].x[i])}, ${write(data.series[k].y[i])}`).join("; "),
    nearest: () => -1,
    link: () => null,
    summary: `${cut(data.y_name ?? "y", 40)} by ${cut(data.x_name ?? "x", 40)} of ${names.slice(0, 8).join(", ")}`,
    table: [["series", data.x_name ?? "x", data.y_name ?? "y"], ...data.series.flatMap((s, i) => s.x.map((x, k) => [names[i], x, s.y[k]]))],
  };

  function described(i, k) {
    return tip(names[i], [[hues[i], data.x_name ?? "x", write(data.series[i].x[k])], [hues[i], data.y_name ?? "y", write(data.series[i].y[k])]]);
  }
}

export function scatter(data, ink) {
  const points = data.points.map((p) => ({ ...p, name: `${p.name ?? ""}` }));
  const write = writer("number");
  const out = (p) => (data.x_limit != null && p.x > data.x_limit ? 1 : 0) + (data.y_limit != null && p.y > data.y_limit ? 1 : 0);
  const names = ["Under both", "Over one", "Over both"];
  const looks = [{ symbol: "circle", size: 8, colour: ink.was }, { symbol: "diamond", size: 11, colour: ink.amber }, { symbol: "triangle", size: 12, colour: ink.alarm }];
  const limited = data.x_limit != null || data.y_limit != null;
  const told = new Set([...points].sort((a, b) => out(b) - out(a) || b.x * b.y - a.x * a.y).slice(0, 8));
  const groups = names.map((_, g) => points.filter((p) => out(p) === g));
  const flat = groups.flat();
  const base = ground(ink);
  return {
    n: points.length,
    option: {
      ...base,
      grid: { ...base.grid, top: limited ? 40 : 12, right: 24, outerBoundsContain: "all" },
      legend: limited ? { ...legend(ink, names.map((name, g) => ({ name, icon: looks[g].symbol }))) } : undefined,
      tooltip: tooltip(ink, "item", (found) => described(groups[found.seriesIndex][found.dataIndex], looks[found.seriesIndex].colour)),
      xAxis: valueAxis(ink, "number", { ...named(ink, data.x_name, 26), ...based(ink), ...scale([0, (data.x_limit ?? 0) * 1.2, ...points.map((p) => p.x)]) }),
      yAxis: valueAxis(ink, "number", { ...named(ink, data.y_name, 40), ...scale([0, (data.y_limit ?? 0) * 1.2, ...points.map((p) => p.y)]) }),
      series: groups.map((group, g) => ({
        type: "scatter", name: names[g], symbol: looks[g].symbol, symbolSize: looks[g].size, itemStyle: { color: looks[g].colour, borderColor: ink.card, borderWidth: 1, opacity: 0.92 },
        cursor: group.some((p) => p.link) ? "pointer" : "default", emphasis: { disabled: true }, labelLayout: { hideOverlap: true },
        data: group.map((p) => ({ value: [p.x, p.y], label: { show: told.has(p), formatter: () => cut(p.name, 22), position: "top", distance: 3, color: ink.dim, fontSize: 11, fontFamily: ink.font } })),
        ...(g === 0 ? quadrants() : {}),
      })),
    },
    steps: { seriesIndex: 0 },
    say: (i) => `${flat[i].name}, ${write(flat[i].x)}, ${write(flat[i].y)}, ${names[out(flat[i])].toLowerCase()}`,
    nearest: () => -1,
    hit: (found) => inside(groups[found.seriesIndex]?.[found.dataIndex]?.link),
    place: (i) => { const g = out(flat[i]); return { seriesIndex: g, dataIndex: groups[g].indexOf(flat[i]) }; },
    link: (i) => inside(flat[i].link),
    summary: `${points.length} points, ${groups[2].length} over both limits`,
    table: [["name", data.x_name ?? "x", data.y_name ?? "y"], ...points.map((p) => [p.name, p.x, p.y])],
  };

  function quadrants() {
    const rules = [["xAxis", data.x_limit], ["yAxis", data.y_limit]].filter(([, limit]) => limit != null);
    const corner = data.x_limit != null && data.y_limit != null;
    return {
      markLine: { silent: true, symbol: "none", data: rules.map(([axis, limit]) => ({ [axis]: limit, ...ruled(ink, `limit ${write(limit)}`, axis === "xAxis" ? "end" : "insideStartTop") })) },
      markArea: { silent: true, itemStyle: { color: faded(ink.alarm, 0.06) }, data: corner ? [[{ xAxis: data.x_limit, yAxis: data.y_limit }, { xAxis: Infinity, yAxis: Infinity }]] : [] },
    };
  }

  function described(p, colour) {
    return tip(p.name, [[colour, data.x_name ?? "x", write(p.x)], [colour, data.y_name ?? "y", write(p.y)]]);
  }
}

export function ranks(data, ink, _, width = 480) {
  const items = data.items.map((item) => ({ ...item, name: `${item.name ?? ""}` }));
  const ends = [data.was_name ?? "Baseline", data.now_name ?? "Now"];
  const most = Math.max(1, ...items.flatMap((item) => [item.was ?? 0, item.now ?? 0]));
  const rose = (item) => (item.was ?? most + 1) - (item.now ?? most + 1);
  const hue = (item) => (rose(item) > 0 ? ink.now : rose(item) < 0 ? ink.amber : ink.was);
  const word = (item) => (rose(item) > 0 ? `▲ ${rose(item)}` : rose(item) < 0 ? `▼ ${-rose(item)}` : "=");
  const base = ground(ink);
  const side = Math.round(Math.min(210, width * 0.36));
  const text = { show: true, color: ink.ink, fontSize: 12, fontFamily: ink.font, distance: 8, width: side - 12, overflow: "truncate", ellipsis: "…" };
  return {
    n: items.length,
    fluid: true,
    height: Math.max(160, most * 22 + 50),
    option: {
      ...base,
      grid: { left: side, right: side, top: 26, bottom: 12, outerBoundsMode: "none" },
      tooltip: tooltip(ink, "item", (found) => described(items[found.seriesIndex])),
      xAxis: nameAxis(ink, ends, 160, { position: "top", boundaryGap: false, axisLine: { show: false }, axisLabel: { fontWeight: 600, fontSize: 12, margin: 12 } }),
      yAxis: { type: "value", inverse: true, min: 0.5, max: most + 0.5, show: false },
      series: items.map((item) => ({
        type: "line", name: item.name, symbol: "circle", symbolSize: 8, itemStyle: { color: hue(item) }, lineStyle: { color: hue(item), width: rose(item) ? 2 : 1.5 }, emphasis: { focus: "series" },
        cursor: item.link ? "pointer" : "default",
        data: [
          { value: [0, item.was ?? null], label: { ...text, position: "left", formatter: () => `${cut(item.name, Math.floor(side / 8) - 4)}  ${item.was}` } },
          { value: [1, item.now ?? null], label: { ...text, position: "right", formatter: () => `${item.now}  ${cut(item.name, Math.floor(side / 8) - 8)}  ${item.was == null ? "new" : word(item)}` } },
        ],
      })),
    },
    steps: {},
    place: (i) => ({ seriesIndex: i, dataIndex: items[i].now == null ? 0 : 1 }),
    hit: (found) => inside(items[found.seriesIndex]?.link),
    say: (i) => `${items[i].name}, ${ends[0]} ${items[i].was ?? "not ranked"}, ${ends[1]} ${items[i].now ?? "not ranked"}`,
    nearest: () => -1,
    link: (i) => inside(items[i].link),
    summary: `ranks of ${items.length} features, ${items.filter(rose).length} moved`,
    table: [["name", ...ends], ...items.map((item) => [item.name, item.was, item.now])],
  };

  function described(item) {
    return tip(item.name, [[ink.was, ends[0], `${item.was ?? "–"}`], [hue(item), ends[1], `${item.now ?? "–"}`]]);
  }
}
