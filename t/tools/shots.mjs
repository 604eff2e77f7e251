// Pictures of the theme's pages, from the data of t/view/fixtures: a look at the theme without a server.
//
//   node t/tools/shots.mjs OUT_DIR [page…]
//
// Each fixture is drawn in both languages at the width of a telephone and of a desk. Needs build/t/render and
// Chromium.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import url from "node:url";

const top = path.resolve(path.dirname(url.fileURLToPath(import.meta.url)), "../..");
const theme = path.join(top, "src/view/theme");
const fixtures = path.join(top, "t/view/fixtures");
const bootstrap = process.env.BOOTSTRAP || "/usr/share/javascript/bootstrap5/css/bootstrap.min.css";
const browser = process.env.CHROMIUM || "/usr/bin/chromium";
const widths = { phone: 360, desk: 1280 };

const [out, ...wanted] = process.argv.slice(2);
if (!out) {
  console.error("usage: shots.mjs OUT_DIR [page…]");
  process.exit(2);
}
fs.mkdirSync(out, { recursive: true });

const read = (name) => JSON.parse(fs.readFileSync(path.join(fixtures, name + ".json"), "utf8"));

/* A value {"en": …, "fr": …} is the one of the language; "common:key" is a piece of common.json. */
function localised(value, lang, common) {
  if (typeof value === "string" && value.startsWith("common:")) {
    return localised(common[value.slice(7)], lang, common);
  }
  if (Array.isArray(value)) {
    return value.map((one) => localised(one, lang, common));
  }
  if (value && typeof value === "object") {
    if ("en" in value && "fr" in value) {
      return localised(value[lang], lang, common);
    }
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, localised(v, lang, common)]));
  }
  return typeof value === "string" ? value.replace("media:", "file://" + top + "/conf-examples/demo/media/") : value;
}

function render(lang, template, data) {
  const file = path.join(out, "data.json");

  fs.writeFileSync(file, JSON.stringify(data));
  const html = execFileSync(path.join(top, "build/t/render"), [theme, lang, template, file], { encoding: "utf8" });
  fs.unlinkSync(file);
  return html;
}

function page(name, lang) {
  const common = read("common");
  const { template, ...own } = read(name);
  const data = localised({ ...common.base, ...own, page: { ...common.base.page, ...own.page } }, lang, common);

  data.page.lang = lang;
  data.page.languages = [{ code: "en", name: "English", url: "#en", current: lang === "en" },
    { code: "fr", name: "Français", url: "#fr", current: lang === "fr" }];
  data.page.assets = { bootstrap_min_css: "file://" + bootstrap };
  for (const file of fs.readdirSync(path.join(theme, "assets"))) {
    data.page.assets[file.replace(/[.-]/g, "_")] = "file://" + path.join(theme, "assets", file);
  }
  if (data.buying) {
    data.slot = render(lang, "slot", data);
  }
  return render(lang, template || name, data);
}

function chromium(args) {
  return execFileSync(browser, ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
    "--allow-file-access-from-files", "--virtual-time-budget=1500", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

/* A window of Chromium is never narrower than 500 pixels: a frame gives the exact width. */
function frame(file, base, width, height) {
  fs.writeFileSync(file, '<body style="margin:0"><iframe src="' + path.basename(base) + '.html" style="border:0;width:'
    + width + "px;height:" + height + 'px"></iframe><script>onload = () => { const page = '
    + "document.querySelector('iframe').contentDocument.documentElement; document.body.dataset.size = "
    + "page.scrollWidth + 'x' + page.scrollHeight; };</script>");
  return "file://" + file;
}

function shoot(name, lang, width, html) {
  const base = path.join(out, [name, lang, width].join("-"));
  const outer = base + ".frame.html";

  fs.writeFileSync(base + ".html", html);
  const dom = chromium(["--window-size=1300,800", "--dump-dom", frame(outer, base, width, 700)]);
  const [, wide, high] = /data-size="(\d+)x(\d+)"/.exec(dom) || [0, width, 2000];
  if (Number(wide) > width) {
    console.error(name + " " + lang + ": " + wide + " pixels wide at " + width);
    process.exitCode = 1;
  }
  chromium(["--window-size=" + Math.max(width, 500) + "," + high, "--screenshot=" + base + ".png",
    frame(outer, base, width, high)]);
  fs.unlinkSync(outer);
}

const pages = fs.readdirSync(fixtures).map((file) => path.basename(file, ".json"))
  .filter((name) => name !== "common" && (wanted.length === 0 || wanted.includes(name)));

for (const name of pages) {
  for (const lang of ["en", "fr"]) {
    const html = page(name, lang);
    for (const width of Object.values(widths)) {
      shoot(name, lang, width, html);
    }
  }
  console.log(name);
}
