// What pages need beside htmx: theme, confirmation, copying, live logs, ages, keys, forms that are not lost and show what matters. Every part finds its elements by attribute.
import { startAges } from "./page/ages.js";
import { startConfirm } from "./page/confirm.js";
import { startCopy } from "./page/copy.js";
import { startFilters } from "./page/filters.js";
import { startKeep } from "./page/keep.js";
import { startKeys } from "./page/keys.js";
import { startOnly } from "./page/only.js";
import { startTails } from "./page/tail.js";
import { startTheme } from "./page/themes.js";

const parts = [startTheme(), startConfirm(), startCopy(), startFilters(), startAges(), startKeys(), startTails(), startOnly(), startKeep()];
const scan = () => parts.forEach((part) => part?.());
scan();
document.addEventListener("htmx:after:swap", scan);
