// What a purchase by card does not come along: kinds of products, questions, places, codes, log in, errors.

import { buy, choose, comeBack, go, introduce, is, like, ok, order, pay, stories } from "./lib.mjs";

const WORDS = {
  en: { empty: /cart is empty/, code: /not the right one/, most: /at most 1 per order/, field: /Name of the space: Fill in/,
    seats: /Not all places/, known: /already has an account/, refused: /bank refused/, welcome: /You are logged in/,
    unknown: /page does not exist/, reserved: /for people who have an account/, free: /Nothing to pay/, spent: /credits: 4/ },
  fr: { empty: /panier est vide/, code: /n’est pas le bon/, most: /1 au maximum/, field: /Nom de l’espace\s: Remplissez/,
    seats: /Toutes les places ne sont pas/, known: /a déjà un compte/, refused: /a refusé/, welcome: /Vous êtes connecté/,
    unknown: /page n’existe pas/, reserved: /réservé aux personnes/, free: /Rien à payer/, spent: /Crédits utilisés\s: 4/ },
};

const mailbox = (visitor) => visitor.name.replace(/\W+/g, ".") + "@example.org";

/* Pages without a story. */
async function wander(visitor) {
  const words = WORDS[visitor.lang];

  await visitor.open();
  await visitor.look("the first page");
  for (const [kind, product] of Object.entries({ ladder: "team_pack", set: "office_set", bundle: "starter_bundle",
    code: "vip_masterclass", questions: "course_space", free: "free_taster" })) {
    await visitor.open("p/" + product);
    await visitor.look("a product: " + kind);
  }
  await visitor.open("p/members_webinar");
  like(await visitor.text(".reason"), words.reserved, visitor.name + ": why it cannot be bought");
  await visitor.look("a product for members");
  await visitor.open("c/documents");
  await visitor.look("a category with a set");
  await visitor.open("cart");
  like(await visitor.text(), words.empty, visitor.name + ": an empty cart says so");
  await visitor.look("the empty cart");
  await visitor.open("terms");
  await visitor.look("the terms");
  visitor.expect(/404/);
  await visitor.open("certificate/AC-2026-UNKNOWN");
  await visitor.look("an unknown certificate");
  for (const lost of ["p/nothing", "nowhere", "order/ABCDEFGHIJKLMNOPQRSTUVWXYZ0123"]) {
    await visitor.open(lost);
    like(await visitor.text("h1"), words.unknown, visitor.name + ": no " + lost);
    await visitor.look("an unknown address");
  }
}

async function refuse(visitor, product, words) {
  visitor.expect(/cart\/(?:add|passcode) 422|status of 422/);
  await visitor.find(`[data-buy][value="${product}"]`).click();
  await visitor.see(".buy .alert");
  like(await visitor.text(".buy .alert"), words, visitor.name + ": the refusal is beside the button");
}

/* A wrong code, the right one, one too many. */
async function enterCode(visitor) {
  const words = WORDS[visitor.lang];

  await visitor.open("p/vip_masterclass");
  await visitor.fill({ "passcode.vip_masterclass": "sesame" });
  await refuse(visitor, "vip_masterclass", words.code);
  is(await visitor.value("passcode.vip_masterclass"), "sesame", visitor.name + ": the code is still there");
  await visitor.look("a wrong code");
  await visitor.fill({ "passcode.vip_masterclass": "SESAME" });
  await buy(visitor, "vip_masterclass");
  is(await visitor.page.locator(".buy .alert").count(), 0, visitor.name + ": the right code ends the complaint");
  await choose(visitor, "mooc_certificate");
  await refuse(visitor, "mooc_certificate", words.most);
}

async function answer(visitor) {
  visitor.expect(/step\/purchaserequ 422|status of 422/);
  await choose(visitor, "course_space", 2);
  await choose(visitor, "team_pack", 2);
  await visitor.open("cart");
  await visitor.look("a cart with quantities");
  await visitor.press("main a.btn-primary");
  await visitor.look("the questions");
  const names = visitor.page.locator("main input[type=text]");
  const models = visitor.page.locator("main form select");
  await names.nth(1).fill("Second");
  await go(visitor);
  like(await visitor.text("#errors"), WORDS[visitor.lang].field, visitor.name + ": an error names its question");
  is(await names.nth(1).inputValue(), "Second", visitor.name + ": an answer is kept");
  await visitor.look("a missing answer");
  await visitor.press("#errors a");
  await names.nth(0).fill("First");
  await models.nth(0).selectOption({ index: 1 });
  await models.nth(1).selectOption({ index: 2 });
  await go(visitor);
}

async function addPerson(visitor, firstname, email) {
  await visitor.fill({ firstname, lastname: "Martin", email, city: "Nantes" });
  await visitor.press("form[action$='participants/add'] button");
}

async function givePlaces(visitor) {
  const email = mailbox(visitor);
  const give = "form[action$='participants/assign'] button";

  await visitor.look("the participants");
  await addPerson(visitor, "Ada", email);
  await go(visitor);
  like(await visitor.text(".flashes"), WORDS[visitor.lang].seats, visitor.name + ": places are missing");
  await visitor.look("a missing place");
  await addPerson(visitor, "Bob", "b." + email);
  await visitor.press(give);
  await visitor.press(give);
  is(await visitor.page.locator(give).count(), 0, visitor.name + ": both places are given");
  await visitor.look("all places");
  await go(visitor);
}

/* Places and questions, the invoice to a company, a transfer. */
async function orderForCompany(visitor) {
  await answer(visitor);
  await givePlaces(visitor);
  await visitor.fill({ firstname: "Ada", lastname: "Martin", email: mailbox(visitor), city: "Nantes" });
  ok(await visitor.page.isHidden("#invoicing"), visitor.name + ": the fields of the invoice are put away");
  await visitor.page.check("#usedistinctinvoiceinfo");
  await visitor.fill({ inv_organisation: "Ateliers réunis", inv_address: "1 quai du Port", inv_zip: "44000",
    inv_city: "Nantes" });
  await visitor.look("the invoice to a company");
  await go(visitor);
  like(await visitor.text(".identity"), /Ateliers réunis/, visitor.name + ": the company is invoiced");
  await visitor.look("the order of a company");
  await order(visitor, "transfer");
  await visitor.see(".qr svg");
  await visitor.look("the transfer");
  await go(visitor);
  await visitor.see("#result[data-state=offline]");
  like(await visitor.text(), /1[,\s\u202f\u00a0]?728[.,]00/, visitor.name + ": what is to be paid");
  await visitor.look("how to pay");
  await visitor.press("#result a.btn-primary");
  like(await visitor.text(".document"), /Ateliers réunis[^]*FR76/, visitor.name + ": the order sheet tells how to pay");
  await visitor.look("the order sheet");
}

/* The bank says no; the buyer gives up; another card is good. */
async function tryCards(visitor) {
  await choose(visitor, "mooc_certificate");
  await visitor.open("step/customer");
  await introduce(visitor, { email: "cards." + mailbox(visitor) });
  await order(visitor, "card");
  await go(visitor);
  await pay(visitor, "4970100000000113");
  await comeBack(visitor);
  await visitor.see("#result[data-state=refused]");
  like(await visitor.text("h1"), WORDS[visitor.lang].refused, visitor.name + ": the refusal is said");
  is(await visitor.text("[data-cart-count]"), "1", visitor.name + ": the cart is kept");
  await visitor.look("a refused card");
  await visitor.press("#result a.btn-primary");
  await go(visitor);
  await pay(visitor);
  await comeBack(visitor);
  await visitor.see("#result[data-state=paid]");
}

async function takeForFree(visitor) {
  await choose(visitor, "free_taster");
  await visitor.open("step/customer");
  await introduce(visitor, { email: "free." + mailbox(visitor) });
  like(await visitor.text(".modes"), WORDS[visitor.lang].free, visitor.name + ": nothing is to be paid");
  await visitor.look("a free order");
  await order(visitor);
  await visitor.see("#result[data-state=paid]");
}

async function linkFor(email) {
  for (let end = Date.now() + 30000; Date.now() < end;) {
    const mails = await (await fetch(process.env.SHOP_MAIL + "/messages.json")).json();
    const found = JSON.stringify(mails.filter((mail) => JSON.stringify(mail).includes(email)))
      .match(/http:[^\s"\\<>]+login\/complete\?[^\s"\\<>]+/);

    if (found) {
      return found[0].replaceAll("&amp;", "&");
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error("no link came for " + email);
}

/* The address of an account is not taken from a stranger; its owner comes in by a link. */
async function logIn(visitor) {
  const words = WORDS[visitor.lang];
  const email = visitor.lang === "fr" ? "ines.bernard@example.org" : "oliver.smith@example.org";

  visitor.expect(/422/);
  await choose(visitor, "gdpr_essentials");
  await visitor.open("login");
  await visitor.look("log in");
  await visitor.fill({ email: "nobody" });
  await visitor.press("main form button");
  is(await visitor.value("email"), "nobody", visitor.name + ": the address can be corrected");
  ok(await visitor.page.locator("#email-error").count(), visitor.name + ": an address that is none");
  await visitor.look("a wrong address");
  await visitor.open("step/customer");
  await introduce(visitor, { email });
  like(await visitor.text(), words.known, visitor.name + ": the account is known");
  await visitor.look("a known address");
  await visitor.press("form.hint button");
  await visitor.look("the link is sent");
  await visitor.page.goto(await linkFor(email));
  like(await visitor.text(".flashes"), words.welcome, visitor.name + ": logged in");
  is(await visitor.text("[data-cart-count]"), "1", visitor.name + ": the cart came along");
  is(await visitor.value("address"), "3 rue des Lilas", visitor.name + ": and the form");
  ok(!await visitor.page.locator("[name=email]").first().isEditable(), visitor.name + ": the address stays");
  await visitor.look("the customer who logged in");
  await visitor.open("p/members_webinar");
  await buy(visitor, "members_webinar");
  await spendCredits(visitor);
}

/* Seen, chosen, confirmed: a course is paid with credits. */
async function spendCredits(visitor) {
  await visitor.press("a[href$='my/credits']");
  await visitor.look("the credits");
  await visitor.press(".credit-offers button");
  await visitor.look("what is to be paid with credits");
  await visitor.page.check("#agree");
  await go(visitor);
  await visitor.see("#result[data-state=paid]");
  like(await visitor.text("#result"), WORDS[visitor.lang].spent, visitor.name + ": paid with credits");
  await visitor.look("an order that credits paid");
}

const list = [];
for (const lang of ["en", "fr"]) {
  for (const size of ["phone", "desk"]) {
    /* Both languages have the same elements: each is examined at one size. */
    list.push({ name: "wander", visitor: { lang, size, axe: (lang === "en") === (size === "phone") }, tell: wander });
  }
}
for (const visitor of [{ lang: "en", size: "desk" }, { lang: "fr", size: "phone" }]) {
  list.push({ name: "code", visitor, tell: enterCode }, { name: "company", visitor, tell: orderForCompany },
    { name: "cards", visitor, tell: tryCards }, { name: "free", visitor, tell: takeForFree },
    { name: "log in", visitor, tell: logIn });
}
await stories(list);
