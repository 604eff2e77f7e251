// The shop while its sessions cannot be reached.

import { is, like, ok, stories } from "./lib.mjs";

const WORDS = {
  en: { away: /cart cannot be reached/, back: /Come back in a moment/ },
  fr: { away: /panier est momentanément inaccessible/, back: /Revenez dans un instant/ },
};

async function away(visitor) {
  const words = WORDS[visitor.lang];

  visitor.expect(/50[34]/);
  await visitor.context.addCookies([{ name: "shopsid", value: "A".repeat(43), url: visitor.base }]);
  await visitor.open("c/skills");
  like(await visitor.text(".flashes"), words.away, visitor.name + ": the catalogue tells about the cart");
  ok(await visitor.page.locator("[data-buy]").count() > 0, visitor.name + ": and shows the products");
  is(await visitor.page.locator("[data-cart-count], .cart-panel, .cart-bar").count(), 0,
    visitor.name + ": it does not say that the cart is empty");
  await visitor.look("the catalogue without carts");

  await visitor.press("[data-buy][value=team_pack]");
  like(await visitor.text("h1"), words.back, visitor.name + ": adding to the cart has to wait");
  await visitor.look("adding is not possible");

  await visitor.open("step/customer");
  like(await visitor.text("h1"), words.back, visitor.name + ": so has the checkout");
  await visitor.look("the checkout is not possible");
  await visitor.press("main a.btn-primary");
  like(await visitor.text("h1"), words.back, visitor.name + ": one may try again");
}

await stories([
  { name: "away", visitor: { lang: "en", size: "phone" }, tell: away },
  { name: "away", visitor: { lang: "fr", size: "desk" }, tell: away },
]);
