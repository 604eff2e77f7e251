// What the browser tests and the pictures share: one Chromium, visitors in it, and what every page must hold.
//
// A visitor has a context of his own (cookies, language, size, script or none). `look` judges the page that
// he sees; whatever the console complains about and whatever request fails is remembered and told by `leave`.
// Results are lines of TAP without numbers, for Shop::Browser.

import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";
import url from "node:url";

export const top = path.resolve(path.dirname(url.fileURLToPath(import.meta.url)), "../..");

const need = createRequire(path.join(top, "build/node/package.json"));
const { chromium } = need("playwright-core");
const axe = fs.readFileSync(need.resolve("axe-core/axe.min.js"), "utf8");

const LIMIT = 30000; /* milliseconds that one thing may take on a busy machine */

export const SIZES = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 900 } };

export const PERSON = {
  firstname: "Ada", lastname: "Martin", email: "ada.martin@example.org", address: "3 rue des Lilas", zip: "44000",
  city: "Nantes", country: "FR",
};

export const CARD = { number: "4970 1000 0000 0000", expiry: "12/30", cvv: "123" };


/* --- results --- */

export function ok(good, name, ...why) {
  console.log((good ? "ok" : "not ok") + " - " + name.replace(/\s+/g, " "));
  if (!good) {
    for (const line of why.flat().map(String).join("\n").split("\n")) {
      console.log("# " + line);
    }
  }
  return good;
}

export const is = (got, wanted, name) => ok(got === wanted, name, "got " + got, "wanted " + wanted);

export const like = (got, pattern, name) => ok(pattern.test(got), name, "got " + got, "wanted " + pattern);

export const unlike = (got, pattern, name) => ok(!pattern.test(got), name, "got " + got, "not wanted " + pattern);


/* --- the browser --- */

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/* One story after the other in one browser, each for a visitor of its own; a story that stops is a failure,
 * not the end of the others. A story: { name, visitor (options of `come`), tell (visitor) => … }. */
export async function stories(list) {
  const browser = await launch();

  for (const { name, visitor: options, tell } of list) {
    const visitor = await Visitor.come(browser, { name, ...options });

    try {
      await tell(visitor);
    } catch (error) {
      ok(false, visitor.name + " goes on", visitor.page.url(), error.stack, await visitor.picture());
    }
    await visitor.leave();
  }
  await browser.close();
  console.log("# end");
}


/* --- a visitor --- */

export class Visitor {
  /* Options: name, lang, size, script (true), axe (examine pages for accessibility: true), base (the shop). */
  static async come(browser, {
    name = "", lang = "en", size = "desk", script = true, axe: examined = true, base = process.env.SHOP_URL,
  } = {}) {
    const visitor = new Visitor();
    const context = await browser.newContext({
      locale: lang === "fr" ? "fr-FR" : "en-GB", viewport: SIZES[size], javaScriptEnabled: script,
      isMobile: size === "phone", hasTouch: size === "phone", reducedMotion: "reduce",
    });

    context.setDefaultTimeout(LIMIT);
    Object.assign(visitor, { context, lang, size, script, examined, base, complaints: [], expected: [],
      name: [name, size, lang, script ? "" : "plain"].join(" ").trim() });
    visitor.page = await visitor.tab();
    return visitor;
  }

  /* Another tab of the same person. */
  async tab() {
    const page = await this.context.newPage();

    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        this.complain(message.text() + " " + message.location().url);
      }
    });
    page.on("pageerror", (error) => this.complain(String(error)));
    page.on("requestfailed", (request) => {
      const { errorText } = request.failure();

      if (errorText !== "net::ERR_ABORTED") { /* whoever leaves a page does not wait for its pictures */
        this.complain(request.url() + " " + errorText);
      }
    });
    page.on("response", (answer) => {
      if (answer.status() >= 400) {
        this.complain(answer.url() + " " + answer.status());
      }
    });
    return page;
  }

  complain(text) {
    if (!this.expected.some((pattern) => pattern.test(text))) {
      this.complaints.push(text);
    }
  }

  /* From here on: Chromium writes every answer of an error to the console, also those that are meant. */
  expect(...patterns) {
    this.expected.push(...patterns);
  }

  address(name) {
    return new URL(name, this.base).href;
  }

  async open(name = "") {
    await this.page.goto(this.address(name));
  }

  find(what) {
    return typeof what === "string" ? this.page.locator(what).first() : what;
  }

  /* Does what leads to another page, and waits for that page. */
  async follow(act) {
    await Promise.all([this.page.waitForNavigation({ waitUntil: "load", timeout: LIMIT }), act()]);
  }

  async press(what) {
    await this.follow(() => this.find(what).click());
  }

  async fill(values) {
    for (const [name, value] of Object.entries(values)) {
      const field = this.find(`:is(input, select, textarea)[name="${name}"]:not([type=hidden])`);

      if (await field.evaluate((element) => element.tagName === "SELECT")) {
        await field.selectOption(value);
      } else {
        await field.fill(value);
      }
    }
  }

  async text(what = "main") {
    return this.find(what).innerText();
  }

  async value(name) {
    return this.find(`:is(input, select, textarea)[name="${name}"]:not([type=hidden])`).inputValue();
  }

  async see(what, state = "visible") {
    await this.find(what).waitFor({ state, timeout: LIMIT });
  }

  /* The condition runs in the page until it holds. */
  async until(condition, argument) {
    await this.page.waitForFunction(condition, argument, { timeout: LIMIT, polling: 100 });
  }

  /* What every page of the shop must hold. */
  async look(name) {
    const title = this.name + ": " + name;
    const seen = await this.page.evaluate(survey);
    const good = [
      ok(seen.wide <= seen.room, title + " fits the screen", seen.wide + " of " + seen.room, seen.beyond),
      is(seen.headings, 1, title + " has one first heading"),
      ok(seen.unnamed.length === 0, title + " names its links, buttons and fields", seen.unnamed),
      is(seen.lang, this.lang, title + " is in the visitor's language"),
      unlike(seen.text, /\[\[|\{\{|\$a|\bundefined\b|\bnull\b/, title + " has all its texts"),
    ];

    if (this.script && this.examined) {
      good.push(await this.examine(title));
    }
    if (good.includes(false)) {
      console.log("# " + await this.picture());
    }
  }

  async examine(title) {
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    const bad = found.violations.filter((rule) => ["serious", "critical"].includes(rule.impact));

    return ok(bad.length === 0, title + " is accessible",
      bad.map((rule) => [rule.id, ...rule.nodes.map((node) => node.html + " " + node.failureSummary)].join("\n")));
  }

  /* For the report of a failure. */
  async picture() {
    const folder = path.join(top, "build/failed");
    const file = path.join(folder, this.name.replace(/\W+/g, "-") + "-" + Date.now() + ".png");

    fs.mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: file, fullPage: true }).catch(() => {});
    return "see " + file;
  }

  async leave() {
    await this.context.close();
    ok(this.complaints.length === 0, this.name + ": no complaint in the console, no failed request", this.complaints);
  }
}

/* In the page: what does not fit, what has no name. */
function survey() {
  const root = document.documentElement;
  const room = root.clientWidth;
  const short = (element) => element.outerHTML.slice(0, 160);
  const named = (element) => element.labels?.length > 0 || element.getAttribute("aria-label")
    || element.getAttribute("aria-labelledby") || element.textContent.trim();
  const hidden = (element) => element.closest("[hidden], [aria-hidden=true]") || element.type === "hidden";

  return {
    room,
    wide: root.scrollWidth,
    beyond: [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > room + 1).slice(0, 5).map(short),
    headings: document.querySelectorAll("h1").length,
    unnamed: [...document.querySelectorAll("a, button, input, select, textarea")]
      .filter((element) => !hidden(element) && !named(element)).map(short),
    lang: root.lang,
    text: document.body.innerText,
  };
}


/* --- the way to an order --- */

const count = () => document.querySelector("[data-cart-count]").textContent;

/* Presses the button of a product on the page that is there. */
export async function buy(visitor, product) {
  const button = `[data-buy][value="${product}"]`;

  if (!visitor.script) {
    return visitor.press(button);
  }
  const before = await visitor.page.evaluate(count);
  await visitor.find(button).click();
  return visitor.until((old) => document.querySelector("[data-cart-count]").textContent !== old, before);
}

/* Puts a product into the cart from its own page; the address of the page may be another word. */
export async function choose(visitor, product, quantity, alias = product) {
  await visitor.open("p/" + alias);
  if (quantity !== undefined) {
    await visitor.fill({ ["quantity." + product]: String(quantity) });
  }
  await buy(visitor, product);
}

export const go = (visitor) => visitor.press("main button[name=go]");

export async function introduce(visitor, changes = {}) {
  await visitor.fill({ ...PERSON, ...changes });
  await go(visitor);
}

/* On the order page: agrees and chooses how to pay. */
export async function agree(visitor, paymode) {
  await visitor.page.check("#agree");
  if (paymode) {
    await visitor.page.click(`label[for="paymode-${paymode}"]`);
  }
}

export async function order(visitor, paymode) {
  await agree(visitor, paymode);
  await go(visitor);
}

/* On the bank's page, and back to the shop. */
export async function pay(visitor, number = CARD.number) {
  await visitor.fill({ ...CARD, number });
  await visitor.press("button[value=pay]");
}

export const comeBack = (visitor) => visitor.press("#back");
