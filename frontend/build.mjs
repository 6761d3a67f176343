// Builds src/leeboard/dashboard/static from this folder: `npm ci && npm run build`; another folder may be named.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = process.argv[2] ?? join(here, "../src/leeboard/dashboard/static");
const file = (path) => readFileSync(join(here, "node_modules", path), "utf8").trimEnd();
mkdirSync(out, { recursive: true });

await build({
  absWorkingDir: here, entryPoints: { charts: "src/charts.js", dashboard: "src/dashboard.js", theme: "src/theme.js" }, outdir: out, bundle: true, minify: true,
  format: "iife", target: "es2022", legalComments: "none", charset: "utf8", define: { "process.env.NODE_ENV": '"production"' },
  banner: { js: "/* leeboard; licences of what is inside: LICENSES.txt */" },
});
await build({ absWorkingDir: here, entryPoints: ["src/dashboard.css"], outdir: out, minify: true, target: "es2022", legalComments: "none" });
writeFileSync(join(out, "htmx.js"), `/* htmx 4.0.1, Zero-Clause BSD: LICENSES.txt */\n${file("htmx.org/dist/htmx.min.js")}\n`);

copyFileSync(join(here, "src/icon.svg"), join(out, "icon.svg"));

const parts = [
  ["Apache ECharts 6.1.0 (charts.js)", file("echarts/NOTICE"), file("echarts/LICENSE")],
  ["ZRender (charts.js)", file("zrender/LICENSE")],
  ["tslib (charts.js)", file("tslib/LICENSE.txt")],
  ["htmx 4.0.1 (htmx.js)", file("htmx.org/LICENSE")],
];
writeFileSync(join(out, "LICENSES.txt"), parts.map(([name, ...texts]) => [`==== ${name} ====`, ...texts].join("\n\n")).join("\n\n\n") + "\n");
