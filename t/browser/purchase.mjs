// One purchase by card, page by page: everything is looked at.

import { agree, buy, choose, comeBack, go, introduce, is, like, ok, pay, stories } from "./lib.mjs";

const WORDS = {
  en: { total: "€154.80", untaxed: "€129.00", tax: "VAT 20%", paid: /payment has been received/, invoice: "Invoice",
    firstname: "Enter your first name.", terms: /accept the terms/, same: /same name and address/ },
  fr: { total: "154,80\u00a0€", untaxed: "129,00\u00a0€", tax: "TVA\u00a020\u00a0%", paid: /paiement est bien reçu/,
    invoice: "Facture", firstname: "Saisissez votre prénom.", terms: /acceptez les conditions/, same: /Mêmes nom et adresse/ },
};

/* Amounts have spaces of several kinds. */
const plain = (text) => text.replace(/[\s\u00a0\u202f]+/g, " ");
const says = (text, words, name) => ok(plain(text).includes(plain(words)), name, plain(text));

async function fillCart(visitor, words) {
  await visitor.open("c/certificates");
  await visitor.look("the catalogue");
  await choose(visitor, "mooc_certificate");
  await visitor.look("a product in the cart");
  await choose(visitor, "excel_basics", undefined, "excel-first-steps");
  await visitor.open("cart");
  says(await visitor.text(), words.total, visitor.name + ": the cart has the total");
  says(await visitor.text(), words.tax, visitor.name + ": and the name of the tax");
  await visitor.look("the cart");
}

/* Nothing typed, then something missing: the message is beside its field, what was typed is still there. */
async function makeMistakes(visitor, words) {
  visitor.expect(/step\/customer 422|status of 422/);
  await visitor.fill({ lastname: "Martin", city: "Nantes" });
  await go(visitor);
  is(await visitor.text("#firstname-error"), words.firstname, visitor.name + ": the error is beside its field");
  is(await visitor.page.getAttribute("#firstname", "aria-describedby"), "firstname-error",
    visitor.name + ": and belongs to it");
  is(await visitor.value("lastname"), "Martin", visitor.name + ": what was typed is kept");
  is(await visitor.page.locator("#lastname-error").count(), 0, visitor.name + ": and not complained about");
  if (visitor.script) {
    is(await visitor.page.evaluate(() => document.activeElement.id), "errors", visitor.name + ": errors have the focus");
  }
  await visitor.look("the errors");
}

async function confirm(visitor, words) {
  like(await visitor.text(), words.same, visitor.name + ": who gets the invoice is said");
  await visitor.look("the order");
  if (visitor.script) {
    ok(await visitor.page.isDisabled("main button[name=go]"), visitor.name + ": ordering waits for the terms");
  } else {
    visitor.expect(/step\/order 422|status of 422/);
    await visitor.page.click("label[for=paymode-card]");
    await go(visitor);
    like(await visitor.text("#agree-error"), words.terms, visitor.name + ": the terms are asked for");
    ok(await visitor.page.isChecked("#paymode-card"), visitor.name + ": the choice is kept");
  }
  await agree(visitor, "card");
  await go(visitor);
}

async function follow(visitor, words) {
  await visitor.see("#result[data-state=paid]");
  like(await visitor.text("h1"), words.paid, visitor.name + ": the shop knows that it is paid");
  is(await visitor.text("[data-cart-count]"), "0", visitor.name + ": the cart has done its work");
  for (let tries = 0; !visitor.script && tries < 100 && !await visitor.page.locator("[data-done]").count(); tries++) {
    await visitor.page.reload();
  }
  await visitor.page.locator(".job-running").first().waitFor({ state: "detached" });
  is(await visitor.page.locator(".job").count(), 2, visitor.name + ": both products have their line");
  await visitor.look("the progress");
}

async function purchase(visitor) {
  const words = WORDS[visitor.lang];

  await fillCart(visitor, words);
  await visitor.press("main a.btn-primary");
  await visitor.look("the customer");
  await makeMistakes(visitor, words);
  await introduce(visitor, { email: visitor.name.replaceAll(" ", ".") + "@example.org" });
  await confirm(visitor, words);
  says(await visitor.text(), words.total, visitor.name + ": the payment page has the total");
  await visitor.look("the payment");
  await go(visitor);
  await pay(visitor);
  await comeBack(visitor);
  await follow(visitor, words);
  await visitor.press("#result a.btn-primary");
  like(await visitor.text("h1"), new RegExp(words.invoice), visitor.name + ": the document is an invoice");
  says(await visitor.text(".document"), words.untaxed, visitor.name + ": with the total without tax");
  await visitor.look("the invoice");
}

const list = [];
for (const lang of ["en", "fr"]) {
  for (const size of ["phone", "desk"]) {
    for (const script of [true, false]) {
      list.push({ name: "purchase", visitor: { lang, size, script }, tell: purchase });
    }
  }
}
await stories(list);
