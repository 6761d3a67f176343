// What was typed into a form outlives a login that had expired, a refusal and a server that was away: it is kept in this tab until
// the form is taken, and stands in the form again. Forms that may hold secrets say so: `data-unkept`, or a field for a password.
import { made } from "./made.js";

const KEY = "leeboard:typed";
const UNKEPT = ["hidden", "file", "password", "submit", "button"];
let typed = null;

const here = () => location.pathname + location.search;
const fields = (form) => [...form.elements].filter((field) => field.name && field.type && !UNKEPT.includes(field.type));

function noticed(event) {
  const form = event.target.form;
  if (form?.method === "post" && !form.matches("[data-unkept], :has([type=password])")) typed = form;
}

function keep(form, isUnsent) {
  const names = new Set(fields(form).map((field) => field.name));
  const values = [...new FormData(form)].filter(([name, value]) => names.has(name) && typeof value === "string");
  write({ path: here(), action: form.getAttribute("action"), values, isUnsent });
}

function write(kept) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    sessionStorage.removeItem(KEY); // no room: nothing is kept rather than half
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function fill(field, values) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
  else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
  else if (values.length) field.value = values.shift();
}

function putBack(kept) {
  const form = [...document.forms].find((one) => one.method === "post" && one.getAttribute("action") === kept.action);
  if (!form) return;
  const values = new Map(fields(form).map((field) => [field.name, []]));
  for (const [name, value] of kept.values) values.get(name)?.push(value);
  for (const field of fields(form)) fill(field, values.get(field.name));
  const again = form.querySelector("[type=file]") ? " Choose the file anew." : "";
  form.before(made("p", `This form was not sent. It stands here as you had it: look at it, and send it again.${again}`, { class: "notice warn", role: "status" }));
  typed = form;
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

/** On the pages that come in place of an answer: what became of the form, and the way back. */
function tell(place, kept) {
  write({ ...kept, isUnsent: true });
  for (const then of document.querySelectorAll("input[name=then]")) then.value = kept.path;
  const isLogin = place.dataset.unsent !== "back";
  const words = "What you typed is kept in this tab, and will stand in the form again. ";
  const back = isLogin ? [] : [made("a", "Back to the form", { href: kept.path })];
  place.querySelector("h1").after(made("p", words, { class: "notice warn", role: "status" }, ...back));
}

function landed() {
  const kept = read();
  if (!kept) return;
  const place = document.querySelector("[data-unsent]");
  if (place) return tell(place, kept);
  sessionStorage.removeItem(KEY);
  const isReturn = ["reload", "back_forward"].includes(performance.getEntriesByType("navigation")[0]?.type);
  if (kept.path === here() && (kept.isUnsent || isReturn)) putBack(kept);
}

export function startKeep() {
  document.addEventListener("input", noticed);
  document.addEventListener("change", noticed);
  addEventListener("submit", (event) => event.target === typed && !event.defaultPrevented && keep(typed, false));
  document.addEventListener("htmx:before:response", (event) => typed?.isConnected && event.detail.ctx.response.status === 401 && keep(typed, true));
  landed();
}
