// Filters leave empty fields out of the URL, and say when the server cannot be reached.
import { made } from "./made.js";

function trimmed(event) {
  const { request } = event.detail.ctx;
  if (request.method !== "GET" || !request.body?.entries) return;
  for (const [name, value] of [...request.body.entries()]) if (value === "") request.body.delete(name);
}

function sent(event) {
  const form = event.target;
  if (form.method !== "get" || event.defaultPrevented) return;
  const empty = [...form.elements].filter((field) => field.name && field.value === "" && !field.disabled);
  empty.forEach((field) => (field.disabled = true));
  setTimeout(() => empty.forEach((field) => (field.disabled = false)));
}

function failed(event) {
  const status = event.detail?.ctx?.response?.status;
  const text = status ? `The server answered ${status}; what is shown may be old.` : "The server cannot be reached; what is shown may be old.";
  document.querySelector("[data-unreached]")?.remove();
  document.querySelector("main")?.prepend(made("p", text, { class: "notice bad", role: "alert", "data-unreached": "" }));
}

export function startFilters() {
  document.addEventListener("htmx:config:request", trimmed);
  document.addEventListener("submit", sent);
  document.addEventListener("htmx:response:error", failed);
  document.addEventListener("htmx:error", failed);
  document.addEventListener("htmx:after:swap", () => document.querySelector("[data-unreached]")?.remove());
}
