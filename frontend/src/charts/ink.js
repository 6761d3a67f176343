// Colours come from the stylesheet, so that charts and pages cannot differ.
const NAMES = "page card soft raise line edge ink dim grid was now bad alarm calm amber good warn c1 c2 c3 c4 c5 c6 c7 c8 h0 h1 h2 h3 h4".split(" ");
const SERIES = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"];

/** The colours of the theme that is on now, resolved to what a picture can hold. */
export function readInk() {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const ink = {};
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    ink[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  ink.font = getComputedStyle(document.body).fontFamily.replaceAll('"', "'"); // "inherit" would be measured wrongly and clip texts
  ink.of = (name, index = 0) => (NAMES.includes(name) ? ink[name] : ink[SERIES[index % SERIES.length]]);
  return ink;
}

export const faded = (rgb, share) => rgb.replace("rgb(", "rgba(").replace(")", `, ${share})`);

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });

function plain(value) {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e9) ? value.toExponential(2) : short.format(value);
}

/** How a number of this unit is written; null is a dash. */
export function writer(unit) {
  const write = { share: (v) => `${short.format(v * 100)}%`, count: (v) => grouped.format(v) }[unit] ?? plain;
  return (value) => (typeof value === "number" && Number.isFinite(value) ? write(value) : "–");
}

/** The same on an axis, where room is scarce. */
export function axisWriter(unit) {
  if (unit === "share") return writer(unit);
  return (value) => (Math.abs(value) >= 1e4 ? compact.format(value) : plain(value));
}

export const moment = (ms) => (Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 16).replace("T", " ") : "–");

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

export function tick(ms) {
  const at = new Date(ms);
  if (at.getUTCHours() || at.getUTCMinutes()) return moment(ms).slice(11);
  return at.getUTCDate() === 1 && at.getUTCMonth() === 0 ? `${at.getUTCFullYear()}` : `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;
}

export const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** Names as a legend needs them: no two alike. */
export function distinct(names) {
  const seen = new Map();
  return names.map((name) => {
    const text = `${name ?? ""}`;
    const n = (seen.get(text) ?? 0) + 1;
    seen.set(text, n);
    return n === 1 ? text : `${text} (${n})`;
  });
}

/** A link of the data, if it stays on this server. */
export function inside(url) {
  if (typeof url !== "string" || !/^[/?](?![/\\])/.test(url)) return null;
  return new URL(url, location.href).origin === location.origin ? url : null;
}

export const filled = (template, values) =>
  inside(template) && template.replace(/\{(row|time)\}/g, (_, key) => encodeURIComponent(values[key] ?? ""));
