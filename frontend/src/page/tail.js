// A log that grows: <pre data-tail="URL" data-after="BYTES">. The URL is asked with ?after=BYTES and answers the text from there,
// with headers Leeboard-Next (where the next text begins) and, at the end of the run, Leeboard-Ended.
const EVERY_MS = 2000;
const tailed = new WeakSet();

async function more(log) {
  const url = new URL(log.dataset.tail, location.href);
  url.searchParams.set("after", log.dataset.after ?? "0");
  const answer = await fetch(url, { headers: { Accept: "text/plain" } });
  if (!answer.ok) return answer.status < 500;
  const text = await answer.text();
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  if (text) log.append(text);
  log.dataset.after = answer.headers.get("Leeboard-Next") ?? log.dataset.after ?? "0";
  if (text && atEnd) log.scrollTop = log.scrollHeight;
  return answer.headers.has("Leeboard-Ended");
}

async function follow(log) {
  if (!log.isConnected) return;
  let ended = false;
  if (!document.hidden) ended = await more(log).catch(() => false);
  if (ended) log.dispatchEvent(new CustomEvent("leeboard:ended", { bubbles: true }));
  else setTimeout(follow, EVERY_MS, log);
}

export function startTails() {
  return () => {
    for (const log of document.querySelectorAll("[data-tail]")) {
      if (tailed.has(log)) continue;
      tailed.add(log);
      log.tabIndex = 0;
      log.scrollTop = log.scrollHeight;
      follow(log);
    }
  };
}
