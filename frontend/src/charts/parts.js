// What the kinds of chart have in common.
import { axisWriter, cut, faded, tick } from "./ink.js";

/** A tooltip of text nodes: names in the data are never read as markup. */
export function tip(head, rows) {
  const box = document.createElement("div");
  box.append(element("b", head));
  for (const [colour, name, value] of rows) {
    const mark = element("i", "");
    mark.style.background = colour;
    const row = document.createElement("div");
    row.append(mark, element("span", name), element("em", value));
    box.append(row);
  }
  return box;
}

export function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

export const ground = (ink) => ({
  animation: false,
  useUTC: true,
  textStyle: { fontFamily: ink.font, color: ink.ink },
  grid: { left: 4, right: 14, top: 14, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
});

/** Ends and steps of an axis that holds these values, in round numbers; near zero it begins at zero. */
export function scale(values, { low, high, least = 0, share = false } = {}) {
  const known = values.filter((v) => typeof v === "number" && Number.isFinite(v));
  if (!known.length) return {};
  let from = known.reduce((a, b) => Math.min(a, b));
  let to = known.reduce((a, b) => Math.max(a, b));
  const whole = share && from >= 0 && to <= 1;
  const room = Math.max((to - from) * 0.06, least / 2, Math.abs(to) * 1e-6) || 0.5;
  if (from >= 0 && from <= 0.4 * to) from = 0;
  else from = from >= 0 ? Math.max(0, from - room) : from - room;
  to = whole ? Math.min(1, to + room) : to + room;
  from = low ?? from;
  to = high ?? to;
  const raw = (to - from) / 4 || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const interval = [1, 2, 2.5, 5, 10].find((step) => step * power >= raw * 0.999) * power;
  return { min: low ?? Math.floor(from / interval + 1e-9) * interval, max: high ?? Math.ceil(to / interval - 1e-9) * interval, interval };
}

export const tooltip = (ink, trigger, formatter) => ({
  trigger, formatter, confine: true, className: "tip", transitionDuration: 0, backgroundColor: ink.raise, borderColor: ink.edge,
  borderWidth: 1, padding: [6, 10], textStyle: { color: ink.ink, fontSize: 12, fontFamily: ink.font },
  axisPointer: { type: "line", lineStyle: { color: ink.edge, type: "solid" } },
});

export const legend = (ink, data) => ({
  type: "scroll", top: 0, left: 0, right: 0, itemWidth: 14, itemHeight: 9, itemGap: 16, icon: "roundRect", data, align: "left",
  formatter: (name) => cut(name, 32), inactiveColor: ink.edge, pageIconSize: 10, pageIconColor: ink.now, pageIconInactiveColor: ink.edge,
  pageTextStyle: { color: ink.dim, fontFamily: ink.font, fontSize: 11 },
  textStyle: { color: ink.dim, fontFamily: ink.font, fontSize: 12, lineHeight: 18 },
});

const axis = (ink) => ({
  axisLine: { show: false, lineStyle: { color: ink.edge } },
  axisTick: { show: false },
  axisLabel: { color: ink.dim, fontSize: 11, fontFamily: ink.font, hideOverlap: true },
  splitLine: { show: true, lineStyle: { color: ink.grid } },
  nameTextStyle: { color: ink.dim, fontSize: 11, fontFamily: ink.font },
});

export function valueAxis(ink, unit, more = {}) {
  const made = axis(ink);
  return { ...made, type: "value", splitNumber: 4, ...more, axisLabel: { ...made.axisLabel, formatter: axisWriter(unit), ...more.axisLabel } };
}

export function timeAxis(ink) {
  const made = axis(ink);
  return { ...made, type: "time", splitNumber: 6, axisLine: { show: true, onZero: false, lineStyle: { color: ink.edge } }, splitLine: { show: false },
    axisLabel: { ...made.axisLabel, formatter: (ms) => tick(ms) } };
}

export function nameAxis(ink, names, width, more = {}) {
  const made = axis(ink);
  return { ...made, type: "category", data: names, splitLine: { show: false }, ...more,
    axisLabel: { ...made.axisLabel, width, overflow: "truncate", ellipsis: "…", ...more.axisLabel } };
}

/** A slider under a long chart; the wheel zooms with the control key only, since a page must scroll. */
export function zoom(ink, n, most, more = {}) {
  if (n <= most) return [];
  const shared = { filterMode: "filter", ...more };
  return [
    { type: "inside", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, preventDefaultMouseMove: false, ...shared },
    { type: "slider", height: 16, bottom: 4, borderColor: ink.line, fillerColor: faded(ink.now, 0.14), showDetail: false, brushSelect: false,
      dataBackground: { lineStyle: { color: ink.was }, areaStyle: { color: ink.soft } }, selectedDataBackground: { lineStyle: { color: ink.now }, areaStyle: { color: ink.soft } },
      handleStyle: { color: ink.raise, borderColor: ink.edge }, moveHandleSize: 4, moveHandleStyle: { color: ink.edge }, ...shared },
  ];
}

export const ruled = (ink, text, position = "insideStartTop") => ({
  lineStyle: { color: ink.alarm, type: [5, 4], width: 1.2 },
  label: { formatter: () => cut(text, 40), position, color: ink.bad, fontSize: 11, fontFamily: ink.font, textBorderColor: ink.card, textBorderWidth: 2 },
});

export const CROSS = "path://M2 0L5 3L8 0L10 2L7 5L10 8L8 10L5 7L2 10L0 8L3 5L0 2Z";
