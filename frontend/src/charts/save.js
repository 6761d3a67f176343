// A chart as a file: the picture with its title, or its numbers.

const escaped = (text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "").replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The drawn picture as an SVG document with the title above it; as text, since parsing it here would breach the policy on styles. */
export function asSvg(chart, title, ink) {
  const [width, height] = [chart.getWidth() + 32, chart.getHeight() + 56];
  const parts = [...chart.getDom().querySelector("svg").childNodes].map((part) => new XMLSerializer().serializeToString(part));
  const text = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="${width}" height="${height}" fill="${ink.card}"/>
<text x="16" y="28" fill="${ink.ink}" font-family="${escaped(ink.font)}" font-size="15" font-weight="600">${escaped(title)}</text>
<svg x="16" y="40" width="${width - 32}" height="${height - 56}">${parts.join("")}</svg>
</svg>`;
  return { text, width, height };
}

export async function asPng(picture, scale = 2) {
  const url = URL.createObjectURL(new Blob([picture.text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = picture.width * scale;
    canvas.height = picture.height * scale;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** RFC 4180; a name that a spreadsheet would run as a formula is led by an apostrophe. */
export function asCsv(table) {
  const cell = (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return `${value}`;
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : `${value}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return table.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export const fileName = (title, ending) => `${title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 80) || "chart"}.${ending}`;
