// The pictures of README.md, from a running shop (make demo): a visitor chooses, orders, pays, prints.
//
//   node t/tools/shots-shop.mjs SHOP_URL OUT_DIR        SHOP_URL: http://127.0.0.1:8080/shop/ac/

import fs from "node:fs";
import path from "node:path";

import { agree, choose, comeBack, go, introduce, launch, pay, SIZES, Visitor } from "../browser/lib.mjs";

const [base, out] = process.argv.slice(2);
if (!out) {
  console.error("usage: shots-shop.mjs SHOP_URL OUT_DIR");
  process.exit(2);
}
fs.mkdirSync(out, { recursive: true });

async function picture(visitor, name, height) {
  await visitor.page.setViewportSize({ ...SIZES[visitor.size], height });
  await visitor.page.evaluate(() => {
    document.activeElement.blur();
    window.scrollTo(0, 0);
  });
  await visitor.page.screenshot({ path: path.join(out, name + ".png") });
  console.log(name);
}

/* Another address each time: one that is known would be asked to log in. */
async function toOrder(visitor, firstname, lastname) {
  await visitor.open("step/customer");
  await introduce(visitor, { firstname, lastname, email: `${firstname}.${Date.now().toString(36)}@example.org`.toLowerCase() });
}

async function french(browser) {
  const visitor = await Visitor.come(browser, { lang: "fr", base });

  await choose(visitor, "mooc_certificate");
  await choose(visitor, "project_management", 3);
  await visitor.open("c/skills");
  await picture(visitor, "catalog-desktop-fr", 1200);
  await toOrder(visitor, "Camille", "Roux");
  await agree(visitor, "card");
  await picture(visitor, "order-desktop-fr", 1180);
  await visitor.context.close();
}

async function english(browser) {
  const phone = await Visitor.come(browser, { size: "phone", base });

  await choose(phone, "team_pack", 5);
  await phone.page.locator(".is-added").waitFor({ state: "detached" });
  await picture(phone, "product-phone-en", 1060);
  await phone.context.close();

  const visitor = await Visitor.come(browser, { base });

  await choose(visitor, "excel_basics", undefined, "excel-first-steps");
  await choose(visitor, "exam_voucher", 10);
  await toOrder(visitor, "Oliver", "Grant");
  await agree(visitor, "card");
  await go(visitor);
  await go(visitor);
  await pay(visitor);
  await comeBack(visitor);
  await visitor.see("#result[data-state=paid]");
  await visitor.page.locator(".job-running").first().waitFor({ state: "detached" });
  await visitor.press("#result a.btn-primary");
  await visitor.see(".document .stamp");
  await picture(visitor, "invoice-desktop-en", 1180);
  await visitor.context.close();
}

const browser = await launch();
await french(browser);
await english(browser);
await browser.close();
