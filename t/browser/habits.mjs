// Habits of people and of browsers.

import { execFileSync } from "node:child_process";
import fs from "node:fs";

import { agree, buy, CARD, choose, comeBack, go, introduce, is, like, ok, order, pay, PERSON, stories, unlike }
  from "./lib.mjs";

const active = (visitor, look) => visitor.page.evaluate(look);


/* --- the keyboard --- */

/* In the page: is what has the focus marked, and not hidden behind the bar at the foot? */
function focus() {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const label = top?.closest("label");

  return {
    what: element.outerHTML.slice(0, 120),
    body: element === document.body,
    marked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
    seen: Boolean(top) && (element.contains(top) || top.contains(element) || label?.control === element),
  };
}

/* Tab until the element has the focus; every stop on the way must be seen. */
async function tabTo(visitor, what) {
  for (let stops = 0; stops < 80; stops++) {
    if (await visitor.page.evaluate((selector) => document.activeElement.matches(selector), what)) {
      return;
    }
    await visitor.page.keyboard.press("Tab");
    const seen = await visitor.page.evaluate(focus);
    if (!seen.body && !(seen.marked && seen.seen)) { /* after the last one the window itself has its turn */
      ok(false, visitor.name + ": the focus is seen", JSON.stringify(seen));
    }
  }
  throw new Error("the keyboard does not reach " + what);
}

async function enter(visitor, what) {
  await tabTo(visitor, what);
  await visitor.follow(() => visitor.page.keyboard.press("Enter"));
}

async function type(visitor, values) {
  for (const [name, value] of Object.entries(values)) {
    await tabTo(visitor, `[name="${name}"]`);
    await visitor.page.keyboard.type(value);
  }
}

/* From the first Tab to the paid order, without a mouse. */
async function keyboard(visitor) {
  visitor.expect(/422/);
  await visitor.open("c/certificates");
  await visitor.page.keyboard.press("Tab");
  is(await active(visitor, () => document.activeElement.className), "skip-link", visitor.name + ": first the content");
  await visitor.page.keyboard.press("Enter");
  await visitor.page.keyboard.press("Tab");
  ok(await active(visitor, () => Boolean(document.activeElement.closest("main"))), visitor.name + ": the head is skipped");

  await tabTo(visitor, "[data-buy][value=mooc_certificate]");
  await visitor.page.keyboard.press("Enter");
  await visitor.until(() => document.querySelector("[data-cart-count]").textContent === "1");
  is(await active(visitor, () => document.activeElement.value), "mooc_certificate", visitor.name + ": the focus stays");

  await enter(visitor, visitor.size === "phone" ? ".cart-bar .btn" : ".cart-panel .btn-main");
  await enter(visitor, "main button[name=go]");
  is(await active(visitor, () => document.activeElement.id), "errors", visitor.name + ": errors have the focus");
  await tabTo(visitor, "#errors a");
  await visitor.page.keyboard.press("Enter");
  await visitor.until(() => document.activeElement.id === "firstname");
  const { country, ...typed } = { ...PERSON, email: visitor.size + "@example.org" };
  await type(visitor, { firstname: typed.firstname, lastname: typed.lastname, email: typed.email,
    address: typed.address, zip: typed.zip, city: typed.city });
  is(await visitor.value("country"), country, visitor.name + ": the seller's country is proposed");
  await visitor.follow(() => visitor.page.keyboard.press("Enter"));

  await tabTo(visitor, "#agree");
  await visitor.page.keyboard.press("Space");
  await tabTo(visitor, "[name=paymode]");
  await enter(visitor, "main button[name=go]");
  await enter(visitor, "main button[name=go]");
  await type(visitor, CARD);
  await visitor.follow(() => visitor.page.keyboard.press("Enter"));
  await enter(visitor, "#back");
  await visitor.see("#result[data-state=paid]");
  ok(true, visitor.name + ": paid without a mouse");
}


/* --- the cart in place --- */

async function liveCart(visitor) {
  const line = (name) => `[data-key="${name}-team_pack"]`;
  const amount = (text) => visitor.until((wanted) =>
    document.querySelector("[data-cart-total]").textContent.replace(/[^\d.,]/g, "") === wanted, text);

  await visitor.open("c/skills");
  const shown = visitor.page.url();
  await visitor.page.evaluate(() => { document.body.dataset.kept = "1"; });
  await visitor.fill({ "quantity.team_pack": "4" });
  await visitor.page.keyboard.press("Enter");
  await amount("1,152.00");
  like(await visitor.text("#cart .cart-lines"), /Team pack/, visitor.name + ": the panel has the line");
  await visitor.until(() => document.getElementById("live").textContent.includes("1,152.00"));
  ok(true, visitor.name + ": a screen reader hears it");
  is(await visitor.value("quantity.team_pack"), "1", visitor.name + ": the field starts anew");

  await visitor.find(line("more")).focus();
  await visitor.page.keyboard.press("Enter");
  await amount("1,290.00");
  ok(true, visitor.name + ": the fifth place lowers the price of all");
  is(await active(visitor, () => document.activeElement.dataset.key), "more-team_pack", visitor.name + ": the focus stays");
  await visitor.page.keyboard.press("Enter");
  await amount("1,548.00");
  for (let left = 5; left >= 0; left--) {
    await visitor.find(line("less")).click();
    await visitor.until((wanted) => document.querySelector("[data-cart-count]").textContent === wanted, String(left));
  }
  like(await visitor.text("#cart"), /empty/, visitor.name + ": empty again");
  ok(await active(visitor, () => Boolean(document.activeElement.closest("#cart-panel"))),
    visitor.name + ": the focus does not fall out of the cart");
  is(await visitor.page.evaluate(() => document.body.dataset.kept), "1", visitor.name + ": it was the same page");
  is(visitor.page.url(), shown, visitor.name + ": at the same address");
}

async function twoTabs(visitor) {
  await choose(visitor, "mooc_certificate");
  const first = visitor.page;
  const second = await visitor.tab();

  visitor.page = second;
  await choose(visitor, "gdpr_essentials");
  visitor.page = first;
  await visitor.open("c/services");
  await buy(visitor, "exam_voucher");
  await visitor.open("cart");
  is(await visitor.page.locator(".cart-table > li").count(), 3, visitor.name + ": nothing of the other tab is lost");

  await visitor.open("step/customer");
  await introduce(visitor, { email: "tabs@example.org" });
  visitor.page = second;
  await choose(visitor, "welcome_kit");
  visitor.page = first;
  visitor.expect(/422/);
  await order(visitor, "transfer");
  like(visitor.page.url(), /step\/order$/, visitor.name + ": another total is not ordered unseen");
  like(await visitor.text(), /Welcome kit/, visitor.name + ": what the other tab added is shown");
  ok(await visitor.page.locator("#errors a").count() > 0, visitor.name + ": the change is explained");
}


/* --- after the order --- */

async function backAfterOrder(visitor) {
  await choose(visitor, "gdpr_essentials");
  await visitor.open("step/customer");
  await introduce(visitor, { email: "back@example.org" });
  await order(visitor, "transfer");
  await go(visitor);
  await visitor.see("#result[data-state=offline]");
  const done = visitor.page.url();

  await visitor.page.goBack();
  unlike(visitor.page.url(), /step\/payment/, visitor.name + ": the payment page is not shown again");
  is(await visitor.text("[data-cart-count]"), "0", visitor.name + ": the cart stays empty");
  await visitor.page.goto(done);
  await visitor.see("#result[data-state=offline]");
}

async function pressTwice(visitor) {
  await choose(visitor, "gdpr_essentials");
  await visitor.open("step/customer");
  await introduce(visitor, { email: "twice@example.org" });
  await agree(visitor, "transfer");
  await visitor.follow(() => visitor.find("main button[name=go]").dblclick());
  await visitor.see(".qr svg");
}

/* The bank's message comes later than the buyer: the page waits, and changes by itself. */
async function waitForBank(visitor) {
  const control = (wish) => fetch(process.env.SHOP_BANK + "/control", { method: "POST", body: JSON.stringify(wish) });

  await control({ notify: "after", delay_ms: 3000 });
  await choose(visitor, "mooc_certificate");
  await visitor.open("step/customer");
  await introduce(visitor, { email: "waits@example.org" });
  await order(visitor, "card");
  await go(visitor);
  await pay(visitor);
  await comeBack(visitor);
  await visitor.see("#result[data-state=waiting]");
  await visitor.look("waiting for the bank");
  await visitor.see("#result[data-state=paid]");
  ok(true, visitor.name + ": the page changed by itself");
  await visitor.page.locator(".job-running").first().waitFor({ state: "detached" });
  is(await visitor.text("[data-cart-count]"), "0", visitor.name + ": the cart is gone");
  await control({ notify: "before", delay_ms: 0 });

  await visitor.press("#result a.btn-primary");
  await print(visitor);
}

/* On paper: the document alone, on one page. */
async function print(visitor) {
  const file = `/tmp/shop-invoice-${process.pid}.pdf`;

  await visitor.page.pdf({ path: file, format: "A4" });
  const text = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
  const pages = /Pages:\s+(\d+)/.exec(execFileSync("pdfinfo", [file], { encoding: "utf8" }))[1];
  fs.unlinkSync(file);
  is(pages, "1", visitor.name + ": the invoice is one page");
  like(text, /Invoice[^]*AC-TB-\d{4}-\d+[^]*MOOC_CERTIFICATE[^]*46\.80/, visitor.name + ": it says everything");
  unlike(text, /Log in|Back to the shop|Test mode|Your cart|Terms of sale/, visitor.name + ": and nothing of the page");
}


/* --- languages, and what the browser refuses --- */

async function switchLanguage(visitor) {
  await choose(visitor, "mooc_certificate");
  await visitor.open("step/customer");
  await visitor.press(".languages a[lang=fr]");
  visitor.lang = "fr";
  like(visitor.page.url(), /step\/customer$/, visitor.name + ": the page is the same");
  await visitor.look("the other language");
  is(await visitor.text("[data-cart-count]"), "1", visitor.name + ": the cart is kept");
  for (const page of ["", "cart", "p/team_pack", "login"]) {
    await visitor.open(page);
    is(await visitor.page.evaluate(() => document.documentElement.lang), "fr", visitor.name + ": kept on /" + page);
  }
}

/* Whatever finds its way into a page, the browser does not run it. */
async function policy(visitor) {
  visitor.expect(/Content Security Policy|violates the following|stolen\.png csp/);
  for (const page of ["", "cart", "login"]) {
    await visitor.open(page);
    const refused = await visitor.page.evaluate(inject);

    is(refused.ran, false, visitor.name + ": no foreign script runs on /" + page);
    is(refused.told.join(" "), "img-src script-src-attr script-src-elem style-src-attr", visitor.name + ": all is refused");
  }
}

async function inject() {
  const told = new Set();
  const script = document.createElement("script");
  const image = document.createElement("img");
  const box = document.createElement("div");

  document.addEventListener("securitypolicyviolation", (event) => told.add(event.effectiveDirective));
  script.textContent = "window.ran = true";
  image.src = "http://127.0.0.1:9/stolen.png";
  box.innerHTML = "<p style='color: red' onclick='window.ran = true'>x</p>";
  document.body.append(script, image, box);
  box.firstChild.click();
  while (told.size < 4) {
    await new Promise((wake) => setTimeout(wake, 20));
  }
  return { ran: Boolean(window.ran), told: [...told].sort() };
}


await stories([
  { name: "keyboard", visitor: { size: "desk" }, tell: keyboard },
  { name: "keyboard", visitor: { size: "phone" }, tell: keyboard },
  { name: "live cart", visitor: { size: "desk" }, tell: liveCart },
  { name: "live cart", visitor: { size: "phone" }, tell: liveCart },
  { name: "two tabs", visitor: {}, tell: twoTabs },
  { name: "back", visitor: {}, tell: backAfterOrder },
  { name: "language", visitor: { script: false, size: "phone" }, tell: switchLanguage },
  { name: "twice", visitor: {}, tell: pressTwice },
  { name: "bank", visitor: { size: "phone" }, tell: waitForBank },
  { name: "language", visitor: {}, tell: switchLanguage },
  { name: "policy", visitor: {}, tell: policy },
]);
