/*
 * Comfort on top of pages that work without it. Whatever fails here ends in the ordinary
 * submission of the form.
 */
(() => {
  "use strict";

  const live = document.getElementById("live");
  const place = document.getElementById("cart");

  /* --- telling --- */

  /* Emptied first: a screen reader keeps silent about a text that does not change. */
  function say(text) {
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 60);
  }

  function forget() {
    for (const box of document.querySelectorAll(".flashes > *, .buy > .alert")) {
      box.remove();
    }
  }

  /* Beside the button that was pressed, as far as it is still there. */
  function complain(text, button) {
    const offer = button.closest(".buy");
    const box = document.createElement("div");

    box.className = "alert alert-danger";
    box.setAttribute("role", "alert");
    box.textContent = text;
    (offer || document.querySelector(".flashes")).append(box);
    box.scrollIntoView({ block: "nearest" });
  }

  /* --- the cart beside the catalogue --- */

  /* Of the one form of all products, only what belongs to the product whose button was pressed. */
  function fieldsOf(form, button) {
    const fields = new URLSearchParams();

    for (const input of form.elements) {
      const own = input.type === "hidden" || input.name === "quantity." + button.value
        || input.name === "passcode." + button.value;

      if (own && input.name) {
        fields.set(input.name, input.value);
      }
    }
    fields.set(button.name, button.value);
    return fields;
  }

  async function ask(form, fields) {
    const gone = new AbortController();
    const timer = setTimeout(() => gone.abort(), 10000);

    try {
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST", body: fields, headers: { Accept: "application/json" },
        credentials: "same-origin", signal: gone.signal
      });

      if (answer.status !== 200 && answer.status !== 422) {
        throw new Error(String(answer.status));
      }
      return await answer.json();
    } finally {
      clearTimeout(timer);
    }
  }

  /* The first change of a new visitor makes a session, and with it another token. */
  function renewTokens(token) {
    for (const input of document.querySelectorAll("input[name=csrf]")) {
      input.value = token;
    }
  }

  function showCart(cart, key) {
    if (cart.html) {
      place.innerHTML = cart.html;
    }
    if (cart.csrf) {
      renewTokens(cart.csrf);
    }
    for (const element of document.querySelectorAll("[data-cart-count]")) {
      element.textContent = cart.count;
    }
    for (const element of document.querySelectorAll("[data-cart-total]")) {
      element.textContent = cart.total;
    }
    if (key) {
      const again = place.querySelector("[data-key='" + CSS.escape(key) + "']:not(:disabled)");
      (again || document.getElementById("cart-panel")).focus();
    }
  }

  /* Sold once, the fields start anew: a second press adds what the visitor then asks for. */
  function confirmOn(button) {
    for (const input of button.closest(".buy").querySelectorAll("[data-buy-field]")) {
      input.value = input.defaultValue;
    }
    button.classList.add("is-added");
    setTimeout(() => button.classList.remove("is-added"), 1500);
  }

  function submitPlainly(form, button) {
    const chosen = document.createElement("input");

    chosen.type = "hidden";
    chosen.name = button.name;
    chosen.value = button.value;
    form.append(chosen);
    form.submit();
  }

  async function change(form, button) {
    button.setAttribute("aria-busy", "true");
    try {
      const cart = await ask(form, fieldsOf(form, button));

      showCart(cart, button.dataset.key);
      forget();
      if (cart.error) {
        complain(cart.message, button);
        return;
      }
      if ("buy" in button.dataset) {
        confirmOn(button);
      }
      say(live.dataset.changed + " " + live.dataset.total + " " + cart.total);
    } catch (error) {
      submitPlainly(form, button);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;

    if (!place || !button || !(form.id === "buy" || "cartForm" in form.dataset)) {
      return;
    }
    event.preventDefault();
    if (!button.hasAttribute("aria-busy")) {
      change(form, button);
    }
  });

  /* The form has many buttons: Enter means the one beside the field. */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-buy-field]")) {
      event.preventDefault();
      event.target.closest(".buy").querySelector("[data-buy]").click();
    }
  });

  /* --- forms of the checkout --- */

  document.addEventListener("submit", (event) => {
    const form = event.target;

    if (!("once" in form.dataset)) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() => form.classList.add("is-sent"), 0);
  });

  /* Back from the next page: the browser may show this one as it was left. */
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-once]")) {
      delete form.dataset.sent;
      form.classList.remove("is-sent");
    }
  });

  /* What went wrong is read first. */
  const errors = document.querySelector("#errors:not(:empty), .flashes .alert-danger");
  if (errors) {
    errors.focus();
  }

  for (const box of document.querySelectorAll("[data-shows]")) {
    const shown = document.getElementById(box.dataset.shows);
    const follow = () => { shown.hidden = !box.checked; };

    box.addEventListener("change", follow);
    follow();
  }

  const agree = document.getElementById("agree");
  if (agree) {
    const go = agree.form.querySelector("button[name=go]");
    const hint = document.getElementById("agree-hint");
    const never = go.disabled;
    const follow = () => {
      go.disabled = never || !agree.checked;
      hint.hidden = agree.checked;
    };

    agree.addEventListener("change", follow);
    follow();
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  /* --- how the order goes on --- */

  const result = document.getElementById("result");
  const began = Date.now();

  function jobLine(job) {
    const line = document.createElement("li");
    const name = document.createElement("strong");
    const state = document.createElement("span");

    line.className = "job job-" + job.state;
    name.textContent = job.name;
    state.className = "job-state";
    state.textContent = job.label;
    line.append(name, " ", state);
    if (job.message) {
      const message = document.createElement("p");
      message.textContent = job.message;
      line.append(message);
    }
    for (const { url, label } of job.links) {
      const place = document.createElement("p");
      const link = document.createElement("a");
      link.href = url;
      link.textContent = label;
      place.append(link);
      line.append(place);
    }
    return line;
  }

  function showProgress(order) {
    const list = result.querySelector("[data-items]");
    const lines = order.items.map(jobLine);
    const told = lines.map((line) => line.outerHTML).join("");

    result.querySelector("[data-title]").textContent = order.title;
    result.querySelector("[data-text]").textContent = order.text;
    if (result.dataset.told !== told) {
      result.dataset.told = told;
      list.replaceChildren(...lines);
    }
  }

  function again() {
    const passed = Date.now() - began;

    if (passed > 120000) {
      result.querySelector("[data-late-place]").textContent = result.dataset.late;
    }
    setTimeout(poll, passed < 30000 ? 2000 : 10000);
  }

  async function poll() {
    if (document.hidden) {
      again();
      return;
    }
    try {
      const answer = await fetch(result.dataset.statusUrl, {
        headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store"
      });
      const order = await answer.json();

      if (answer.ok) {
        /* Another state has other links: the whole page is asked for. */
        if (order.state !== result.dataset.state) {
          location.reload();
          return;
        }
        showProgress(order);
        if (order.done) {
          return;
        }
      }
    } catch (error) {
      /* The network comes back: the next turn asks again. */
    }
    again();
  }

  if (result && result.dataset.statusUrl && !result.dataset.done) {
    again();
  }
})();
