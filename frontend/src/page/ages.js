// A time says in its title how long ago it was; one with data-ago says it beside the time too.
import { made } from "./made.js";

const UNITS = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]];

export function age(ms, now) {
  const seconds = Math.round((now - ms) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length * (length >= 86_400 ? 2 : 1)) ?? ["s", 1];
  const amount = `${Math.floor(Math.abs(seconds) / size)} ${unit}`;
  return seconds < 0 ? `in ${amount}` : `${amount} ago`;
}

function told(event) {
  const time = event.target.closest?.("time[datetime]");
  const ms = Date.parse(time?.getAttribute("datetime"));
  if (Number.isFinite(ms)) time.title = `${age(ms, Date.now())}, ${new Date(ms).toLocaleString()} in your time zone`;
}

function shown() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const ms = Date.parse(time.getAttribute("datetime"));
    if (!Number.isFinite(ms)) continue;
    const beside = time.nextElementSibling?.matches?.(".ago") ? time.nextElementSibling : made("small", "", { class: "ago" });
    beside.textContent = ` ${age(ms, Date.now())}`;
    if (!beside.isConnected) time.after(beside);
  }
}

export function startAges() {
  document.addEventListener("pointerover", told);
  setInterval(shown, 30_000);
  return shown;
}
