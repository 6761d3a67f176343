// Draws every figure.chart of a page when it comes into view; see STYLE.md of the dashboard for the data of each kind.
import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, LegendScrollComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, VisualMapContinuousComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import { bars, histogram } from "./charts/bars.js";
import { heat, matrix } from "./charts/cells.js";
import { readInk } from "./charts/ink.js";
import { lines } from "./charts/lines.js";
import { element } from "./charts/parts.js";
import { curve, ranks, scatter } from "./charts/points.js";
import { asCsv, asPng, asSvg, download, fileName } from "./charts/save.js";

use([BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart, DataZoomComponent, GridComponent, LegendScrollComponent, MarkAreaComponent, MarkLineComponent,
  TooltipComponent, VisualMapContinuousComponent, LabelLayout, SVGRenderer]);

const KINDS = { lines, bars, histogram, heat, matrix, curve, calibration: curve, ranks, scatter };
const mounted = new Map(); // figure -> what is drawn in it
const stepped = new WeakSet();
let ink = null;

const seen = new IntersectionObserver((found) => found.filter((f) => f.isIntersecting).forEach((f) => draw(f.target)), { rootMargin: "300px" });
const sized = new ResizeObserver((found) => found.forEach((f) => resize(f.target.parentElement)));

function scan() {
  for (const [figure, drawn] of mounted) if (!figure.isConnected) forget(figure, drawn);
  for (const figure of document.querySelectorAll("figure.chart[data-chart]")) {
    const drawn = mounted.get(figure);
    const source = figure.querySelector("script[type='application/json']")?.textContent ?? "";
    if (drawn && drawn.source === source && figure.querySelector(drawn.chart ? ".plot svg" : ".blank")) continue;
    if (drawn) forget(figure, drawn);
    seen.observe(figure);
  }
}

function forget(figure, drawn) {
  seen.unobserve(figure);
  if (drawn.chart) sized.unobserve(drawn.chart.getDom());
  drawn.chart?.dispose();
  figure.querySelector(".numbers[data-made] .wide")?.remove();
  mounted.delete(figure);
}

function draw(figure) {
  const plot = figure.querySelector(".plot");
  const kind = KINDS[figure.dataset.chart];
  const source = figure.querySelector("script[type='application/json']")?.textContent ?? "";
  if (!plot || !figure.isConnected || mounted.get(figure)?.source === source) return;
  seen.unobserve(figure);
  ink ??= readInk();
  let data;
  let spec;
  try {
    data = JSON.parse(source);
    spec = kind(data, ink, figure.dataset.mode, plot.clientWidth);
  } catch (error) {
    return blank(figure, plot, source, "This chart cannot be drawn; its numbers are below.", error);
  }
  if (!spec.n) return blank(figure, plot, source, data.empty ?? "No data in this range");
  size(figure, plot, spec);
  plot.replaceChildren();
  const chart = init(plot, null, { renderer: "svg" });
  const drawn = { chart, spec, kind, data, source, width: plot.clientWidth, title: title(figure), file: figure.dataset.name && figure.dataset.name !== "chart" ? figure.dataset.name : title(figure), at: -1 };
  mounted.set(figure, drawn);
  chart.setOption(spec.option);
  chart.on("click", (event) => {
    const row = event.componentType === "yAxis" ? spec.rowLink?.(Number(event.value)) : spec.hit?.(event);
    if (row) location.assign(row);
  });
  chart.getZr().on("click", (event) => follow(drawn, nearest(drawn, event)));
  chart.getZr().on("mousemove", (event) => linked(drawn, event) && chart.getZr().setCursorStyle("pointer"));
  sized.observe(plot);
  dress(figure, plot, drawn);
}

function title(figure) {
  const caption = figure.querySelector("figcaption");
  return (caption?.textContent ?? "Chart").replace(/\s+/g, " ").trim();
}

function blank(figure, plot, source, text, error) {
  mounted.set(figure, { source, chart: null });
  plot.style.height = "auto";
  plot.replaceChildren(element("div", text, { class: "blank" }));
  if (error) console.warn(`chart ${figure.dataset.chart}: ${error.message}`);
}

function size(figure, plot, spec) {
  const height = Math.max(Number(plot.dataset.height ?? figure.dataset.height) || 0, spec.height ?? 0);
  if (height) plot.style.height = `${height}px`;
}

function nearest({ chart, spec }, event) {
  const place = [event.offsetX, event.offsetY];
  return chart.containPixel({ gridIndex: 0 }, place) ? spec.nearest(chart.convertFromPixel({ gridIndex: 0 }, place)) : -1;
}

function linked(drawn, event) {
  if (!drawn.data.link && !drawn.data.links && !drawn.data.cell_link) return false;
  const i = nearest(drawn, event);
  return i >= 0 && i < drawn.spec.n && drawn.spec.link(i);
}

function follow({ spec }, i) {
  const url = i >= 0 && i < spec.n && spec.link(i);
  if (url) location.assign(url);
}

function dress(figure, plot, drawn) {
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", `${drawn.title}: ${drawn.spec.summary}${drawn.spec.note ? `; ${drawn.spec.note}` : ""}`);
  figure.tabIndex = 0;
  if (!stepped.has(figure)) figure.addEventListener("keydown", (event) => step(figure, event));
  stepped.add(figure);
  if (figure.querySelector(".menu.save")) return; // a morphing swap may have left it or taken it away
  if (!figure.querySelector(".numbers")) figure.append(numbers(figure));
  if (drawn.spec.modes) figure.querySelector("figcaption").after(modes(figure, drawn.spec.modes));
  plot.before(menu(figure), element("span", "", { class: "sr", role: "status" }));
}

function modes(figure, names) {
  const box = element("div", "", { class: "switch", role: "group", "aria-label": "Scale" });
  for (const [mode, name] of Object.entries(names)) {
    const button = element("button", name, { type: "button", "aria-pressed": mode === (figure.dataset.mode ?? "shares") });
    button.addEventListener("click", () => {
      figure.dataset.mode = mode;
      box.querySelectorAll("button").forEach((other) => other.setAttribute("aria-pressed", other === button));
      redraw(figure);
    });
    box.append(button);
  }
  return box;
}

function menu(figure) {
  const box = element("details", "", { class: "menu save" });
  const list = document.createElement("div");
  for (const ending of ["svg", "png", "csv"]) {
    const button = element("button", `Save as ${ending.toUpperCase()}`, { type: "button", "data-save": ending });
    button.addEventListener("click", () => { box.open = false; save(mounted.get(figure), ending); });
    list.append(button);
  }
  box.append(element("summary", "⋯", { "aria-label": `Save ${title(figure)}` }), list);
  return box;
}

const MOST_ROWS = 1000;

/** The numbers as a table, made when somebody opens it. */
function numbers(figure) {
  const box = element("details", "", { class: "numbers", "data-made": "" });
  box.append(element("summary", "Numbers"));
  box.addEventListener("toggle", () => {
    if (!box.open || box.querySelector("table")) return;
    const [head, ...rows] = mounted.get(figure).spec.table;
    const table = document.createElement("table");
    table.createTHead().insertRow().append(...head.map((name) => element("th", `${name}`, { scope: "col" })));
    const body = table.createTBody();
    for (const row of rows.slice(0, MOST_ROWS)) {
      body.insertRow().append(...row.map((value, i) => element(i ? "td" : "th", `${value ?? "–"}`, i ? { class: typeof value === "number" ? "num" : "" } : { scope: "row" })));
    }
    if (rows.length > MOST_ROWS) table.createCaption().textContent = `The first ${MOST_ROWS} of ${rows.length}; all are in the CSV.`;
    const wide = element("div", "", { class: "wide", tabindex: "0", role: "region", "aria-label": `Numbers of ${title(figure)}` });
    wide.append(table);
    box.append(wide);
  });
  return box;
}

async function save({ chart, spec, title: name, file }, ending) {
  if (ending === "csv") return download(new Blob([asCsv(spec.table)], { type: "text/csv;charset=utf-8" }), fileName(file, ending));
  const picture = asSvg(chart, name, ink);
  download(ending === "svg" ? new Blob([picture.text], { type: "image/svg+xml" }) : await asPng(picture), fileName(file, ending));
}

const STEPS = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10 };

function step(figure, event) {
  const drawn = mounted.get(figure);
  if (event.target !== figure || !drawn?.chart) return;
  if (event.key === "Enter") return follow(drawn, drawn.at);
  if (event.key === "Escape") return drawn.chart.dispatchAction({ type: "hideTip" });
  if (!(event.key in STEPS)) return;
  event.preventDefault();
  drawn.at = Math.max(0, Math.min(drawn.spec.n - 1, drawn.at + STEPS[event.key]));
  drawn.chart.dispatchAction({ type: "showTip", dataIndex: drawn.at, ...drawn.spec.steps, ...drawn.spec.place?.(drawn.at) });
  figure.querySelector(":scope > .sr").textContent = drawn.spec.say(drawn.at);
}

function redraw(figure) {
  const drawn = mounted.get(figure);
  if (!drawn?.chart) return;
  drawn.spec = drawn.kind(drawn.data, ink, figure.dataset.mode, drawn.chart.getDom().clientWidth);
  drawn.chart.setOption(drawn.spec.option, { notMerge: true });
}

function repaint() {
  ink = readInk();
  for (const figure of mounted.keys()) redraw(figure);
}

function resize(figure) {
  const drawn = mounted.get(figure);
  drawn?.chart?.resize();
  if (drawn?.spec?.fluid && drawn.width !== drawn.chart.getWidth()) redraw(figure);
  if (drawn?.chart) drawn.width = drawn.chart.getWidth();
}

scan();
for (const name of ["htmx:after:swap", "htmx:after:settle", "htmx:after:process"]) document.addEventListener(name, scan);
document.addEventListener("leeboard:theme", repaint);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
addEventListener("beforeprint", () => document.querySelectorAll("figure.chart[data-chart]").forEach(draw));
document.addEventListener("click", (event) => document.querySelectorAll("details.menu[open]").forEach((menu) => menu.contains(event.target) || (menu.open = false)));
