// Runs before the first paint, so that a page never flashes in the other theme.
try {
  const kept = localStorage.getItem("leeboard-theme");
  if (kept === "dark" || kept === "light") document.documentElement.dataset.theme = kept;
} catch {
  // A browser that keeps nothing follows the system's theme.
}
