// Promotional codes, a discount that begins at an amount, shipping by country, a shop in yen, a catalogue that hides
// one product of its master.

import { agree, buy, choose, go, introduce, is, like, ok, stories, unlike } from "./lib.mjs";

const WORDS = {
  en: { invalid: /not valid/, taken: /taken into account/, removed: /code has been removed/, served: /do not deliver/,
    reason: /Welcome to Atelier Campus/, threshold: /From a hundred euros on/ },
  fr: { invalid: /n’est pas valable/, taken: /pris en compte/, removed: /code a été retiré/, served: /ne livrons pas/,
    reason: /Bienvenue à l’Atelier Campus/, threshold: /À partir de cent euros/ },
};

const euros = (lang, amount) => lang === "fr" ? new RegExp(amount.replace(".", ",") + "\\s€") : new RegExp("€" + amount);

async function enter(visitor, code) {
  await visitor.page.fill(".promo input[name=code]", code);
  await visitor.press(".promo-new button");
}

async function codes(visitor) {
  const words = WORDS[visitor.lang];
  const costs = (amount) => euros(visitor.lang, amount);

  await choose(visitor, "exam_voucher");
  await visitor.open("cart");
  await enter(visitor, "NOSUCHCODE");
  like(await visitor.text(".flashes"), words.invalid, visitor.name + ": a bad code is told");
  like(await visitor.text(), costs("87.00"), visitor.name + ": and changes nothing");
  await visitor.look("a bad code");

  await enter(visitor, " welcome10 ");
  like(await visitor.text(".flashes"), words.taken, visitor.name + ": a good one too");
  like(await visitor.text(), words.reason, visitor.name + ": with its reason");
  like(await visitor.text(), costs("78.30"), visitor.name + ": and takes a tenth off");
  await visitor.look("a good code");

  await visitor.press(".promo-code button");
  like(await visitor.text(".flashes"), words.removed, visitor.name + ": it is taken out again");
  like(await visitor.text(), costs("87.00"), visitor.name + ": the price is that of before");
  is(await visitor.page.locator(".promo-code").count(), 0, visitor.name + ": and no code is left");
}

async function setQuantity(visitor, quantity) {
  await visitor.page.fill("#q-exam_voucher", String(quantity));
  await visitor.press("form:has(#q-exam_voucher) button");
}

async function threshold(visitor) {
  const words = WORDS[visitor.lang];
  const costs = (amount) => euros(visitor.lang, amount);

  await choose(visitor, "exam_voucher");
  await visitor.open("cart");
  unlike(await visitor.text(), words.threshold, visitor.name + ": one is too little");
  await setQuantity(visitor, 2);
  like(await visitor.text(), words.threshold, visitor.name + ": two reach the amount");
  like(await visitor.text(), costs("165.30"), visitor.name + ": and cost less than twice as much");
  await visitor.look("a discount from an amount on");
  await setQuantity(visitor, 1);
  unlike(await visitor.text(), words.threshold, visitor.name + ": one again does not");
  like(await visitor.text(), costs("87.00"), visitor.name + ": and costs the whole price");
}

async function shipping(visitor) {
  const words = WORDS[visitor.lang];

  visitor.expect(/step\/customer 422|status of 422/);
  await choose(visitor, "welcome_kit");
  await visitor.open("step/customer");
  await introduce(visitor, { country: "US", zip: "10001", city: "New York" });
  like(await visitor.text(), words.served, visitor.name + ": an address that is not served goes no further");
  await visitor.look("an address that is not served");
  for (const [country, zip, city, cost, total] of [["BE", "1000", "Bruxelles", "11.88", "26.88"],
    ["FR", "44000", "Nantes", "5.88", "20.88"]]) {
    await visitor.open("step/customer");
    await visitor.fill({ country, zip, city });
    await go(visitor);
    like(await visitor.text(), euros(visitor.lang, cost), visitor.name + ": the price of delivery to " + country);
    like(await visitor.text(), euros(visitor.lang, total), visitor.name + ": is part of the total");
  }
  await visitor.look("an order with delivery");
}

async function yen(visitor) {
  await choose(visitor, "welcome_kit", 3);
  await visitor.open("cart");
  like(await visitor.text(), /¥45/, visitor.name + ": three for 45 yen");
  await visitor.look("a cart in yen");
  await visitor.open("step/customer");
  await introduce(visitor);
  await visitor.look("an order in yen");
  await agree(visitor, "card");
  await go(visitor);
  const text = await visitor.text();

  like(text, /¥45/, visitor.name + ": to be paid in yen");
  unlike(text, /¥[\d,]*\.\d|€/, visitor.name + ": whole ones");
  is(await visitor.page.locator("input[name=vads_amount]").inputValue(), "45", visitor.name + ": as the bank is told");
  is(await visitor.page.locator("input[name=vads_currency]").inputValue(), "392", visitor.name + ": in its own number");
}

async function slave(visitor) {
  await visitor.open("c/services");
  like(await visitor.text(), /Examen de Bruxelles/, visitor.name + ": the copy has its own name");
  like(await visitor.text(), /€72\.60/, visitor.name + ": its price and its tax");
  like(await visitor.text(), /Welcome kit/, visitor.name + ": what has no copy is the master's");
  unlike(await visitor.text(), /course space/, visitor.name + ": what its copy suspends is hidden");
  await visitor.look("a slave catalogue");
  await buy(visitor, "exam_voucher");
  await visitor.open("cart");
  like(await visitor.text(), /€72\.60/, visitor.name + ": it is bought at that price");
  visitor.expect(/404/);
  await visitor.open("p/course_space");
  ok(!/course space/.test(await visitor.text()), visitor.name + ": what is hidden has no page");
}

await stories([
  { name: "codes", visitor: { lang: "en", size: "desk" }, tell: codes },
  { name: "codes", visitor: { lang: "fr", size: "phone", script: false }, tell: codes },
  { name: "threshold", visitor: { lang: "fr", size: "desk", axe: false }, tell: threshold },
  { name: "threshold", visitor: { lang: "en", size: "phone", script: false }, tell: threshold },
  { name: "shipping", visitor: { lang: "en", size: "phone", axe: false }, tell: shipping },
  { name: "yen", visitor: { lang: "en", size: "desk", axe: false, base: process.env.SHOP_YEN }, tell: yen },
  { name: "slave", visitor: { lang: "en", size: "phone", axe: false, base: process.env.SHOP_SLAVE }, tell: slave },
]);
