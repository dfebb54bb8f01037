// The page's behaviour: live updates, menus, windows, the composer and the rail. What is shown is drawn by the server.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const SIDES = ["left", "right"];
const pane = (side) => document.getElementById(side);
const sideOf = (element) => element.closest(".pane")?.id;

// ---- Bringing a part of the page up to date without moving what stays -------------------------------------------

// What the person did here and the server does not know of.
const LOCAL = new Set(["aria-expanded", "aria-activedescendant", "data-busy", "aria-disabled", "style", "open"]);

function bringAttributes(old, fresh) {
  const keepsHidden = old.matches(".menu, .commands, tbody tr");
  for (const { name, value } of [...fresh.attributes])
    if (!LOCAL.has(name) && !(keepsHidden && name === "hidden") && old.getAttribute(name) !== value)
      old.setAttribute(name, value);
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && !LOCAL.has(name) && !(keepsHidden && name === "hidden")) old.removeAttribute(name);
}

function bringField(old, fresh) {
  const mine = document.activeElement === old;
  if (old.nodeName === "SELECT") {
    const before = old.dataset.now, after = fresh.dataset.now ?? fresh.value;
    bringAttributes(old, fresh);
    bringChildren(old, fresh);
    if (before !== after && !mine) old.value = after;
  } else if (old.type === "checkbox" || old.type === "radio") {
    const changed = old.defaultChecked !== fresh.defaultChecked;
    bringAttributes(old, fresh);
    if (changed) old.checked = fresh.defaultChecked;
  } else {
    const changed = old.defaultValue !== fresh.defaultValue;
    bringAttributes(old, fresh);
    if (changed && old.nodeName === "TEXTAREA") old.defaultValue = fresh.defaultValue;
    if (changed && !mine) old.value = fresh.defaultValue;
  }
}

function bring(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) { old.nodeValue = fresh.nodeValue; return; }
  if (old.matches("input, textarea, select")) { bringField(old, fresh); return; }
  bringAttributes(old, fresh);
  bringChildren(old, fresh);
}

function bringChildren(old, fresh) {
  const byId = new Map([...old.children].filter((one) => one.id).map((one) => [one.id, one]));
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const same = next.id ? byId.get(next.id) : null;
    if (same) {
      if (same === at) at = at.nextSibling; else old.insertBefore(same, at);
      bring(same, next);
    } else if (at && !at.id && !next.id && at.nodeName === next.nodeName && at.type === next.type) {
      const here = at;
      at = at.nextSibling;
      bring(here, next);
    } else old.insertBefore(next, at);
  }
  while (at) { const gone = at; at = at.nextSibling; gone.remove(); }
}

// ---- The stream of changes ---------------------------------------------------------------------------------------

let source = null;
let actedIn = "";  // where the person last did something: there the view follows what is new

const seatOf = (side) => `${pane(side).dataset.user}:${pane(side).dataset.place}`;
const query = () => SIDES.map((side) => `${side}=${encodeURIComponent(seatOf(side))}`).join("&");

function connect() {
  source?.close();
  source = new EventSource(`/events?${query()}`);
  source.addEventListener("run", (event) => {
    if (JSON.parse(event.data) !== document.body.dataset.run) location.reload();
    $("#link").hidden = true;
  });
  source.addEventListener("part", (event) => {
    const { name, html } = JSON.parse(event.data);
    if (name === "story") bringStory(html); else bringPane(name, html);
  });
  source.onerror = () => { source.close(); $("#link").hidden = false; comeBack(); };
}

let comingBack = false;
async function comeBack() {
  if (comingBack) return;
  comingBack = true;
  for (;;) {
    await sleep(500);
    const run = await fetch("/run").then((answer) => answer.ok && answer.text()).catch(() => null);
    if (run && run !== document.body.dataset.run) { location.reload(); return; }
    if (run) break;
  }
  comingBack = false;
  connect();
}

const parsed = (html) => { const holder = document.createElement("template"); holder.innerHTML = html; return holder.content; };

function bringStory(html) { bringChildren($("#story"), parsed(html)); }

function bringPane(side, html) {
  const root = pane(side);
  const before = new Map($$(".post", root).map((post) => [post.id, post.textContent]));
  const talk = $(".talk", root)?.id, hadWindow = $(".window", root)?.id, hadFocus = root.contains(document.activeElement);
  const scroll = $(".scroll", root);
  const atEnd = !scroll || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  bringChildren(root, parsed(html));
  dress(root);
  const sameTalk = $(".talk", root)?.id === talk;
  const news = $$(".post", root).filter((post) => !before.has(post.id));
  const changed = $$(".post", root).filter((post) => before.has(post.id) && before.get(post.id) !== post.textContent);
  if (!sameTalk) toEnd(root);
  else if (actedIn === side || atEnd) follow(root, news.at(-1) ?? (actedIn === side ? changed.at(-1) : null));
  if (sameTalk) announce(side, news);
  keepFocus(root, side, hadWindow, hadFocus);
  nameSides();
}

function toEnd(root) { const scroll = $(".scroll", root); if (scroll && !scroll.matches(".home")) scroll.scrollTop = scroll.scrollHeight; }

// A new message is shown whole; one that is taller than the pane from its first line on.
function follow(root, post) {
  const scroll = $(".scroll", root);
  if (!post || !scroll) return;
  const space = scroll.getBoundingClientRect(), box = post.getBoundingClientRect();
  if (box.height > space.height) scroll.scrollTop += box.top - space.top - 4;
  else if (box.bottom > space.bottom || box.top < space.top) scroll.scrollTop += box.bottom - space.bottom + 12;
}

function announce(side, news) {
  if (!news.length) return;
  const last = news.at(-1);
  const whom = $(".who select option:checked", pane(side))?.textContent ?? "";
  document.getElementById(`news-${side}`).textContent = `${whom}: new from ${last.dataset.from}. ${last.dataset.says}`;
  if (!shown(side)) $(`[data-show=${side}]`).classList.add("news");
}

function keepFocus(root, side, hadWindow, hadFocus) {
  const window_ = $(".window", root);
  const wrong = window_ && $(".wrong [data-action], .wrong input", window_);
  if (window_ && window_.id !== hadWindow && (actedIn === side || hadFocus)) {
    (wrong ?? $(".window-body .field, .window-body input, .window-body textarea", window_) ?? window_).focus();
  } else if (wrong && root.dataset.submitted) { wrong.focus(); delete root.dataset.submitted; }
  else if (hadFocus && !root.contains(document.activeElement)) ($(".composer textarea", root) ?? $(".scroll", root))?.focus();
}

// ---- Acts --------------------------------------------------------------------------------------------------------

async function act(side, what) {
  if (side) actedIn = side;
  const body = JSON.stringify({ user: side ? pane(side).dataset.user : "", ...what });
  let answer;
  try {
    answer = await fetch("/act", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  } catch { toast("Not sent: the page has lost its server."); return { ok: false }; }
  if (answer.status === 403) { location.reload(); return { ok: false }; }
  if (!answer.ok) { toast("That could not be done."); return { ok: false }; }
  const told = await answer.json();
  if (told.said && what.act !== "run") toast(told.said);
  return told;
}

function toast(words) {
  const one = document.createElement("div");
  one.className = "toast";
  one.textContent = words;
  const before = $$(".toast");
  before.slice(0, Math.max(0, before.length - 1)).forEach((old) => old.remove());  // two at most: they lie over the panes
  $("#toasts").append(one);
  setTimeout(() => one.remove(), 7000);
}

// One press, one act: the element rests until it is answered, at most two seconds.
async function once(element, does) {
  if (element.dataset.busy) return;
  element.dataset.busy = "1";
  element.setAttribute("aria-disabled", "true");
  const rest = () => { delete element.dataset.busy; element.removeAttribute("aria-disabled"); };
  const most = setTimeout(rest, 2000);
  await Promise.all([does(), sleep(300)]);
  clearTimeout(most);
  rest();
}

const HOLDS = "select[data-action], input[data-action], textarea[data-action], .choices[data-action]";

function valueOf(element) {
  if (!element.matches(".choices")) return element.value;
  const on = $$("input:checked", element).map((input) => input.value);
  return element.dataset.kind === "radio_buttons" ? on[0] ?? "" : on;
}

function fieldsOf(window_) {
  const fields = {};
  for (const one of $$(HOLDS, window_)) (fields[one.dataset.block] ??= {})[one.dataset.action] = valueOf(one);
  return fields;
}

function whereOf(element) {
  const post = element.closest(".post"), view = element.closest("[data-view]");
  if (post) return { channel: post.dataset.channel, ts: post.dataset.ts };
  return view.matches(".window") ? { view: view.dataset.view, fields: fieldsOf(view) } : { view: view.dataset.view };
}

async function use(element, value = null) {
  const side = sideOf(element), { block, action } = element.dataset;
  if (element.dataset.confirmTitle && !(await confirmed(element))) return false;
  await once(element, () => act(side, { act: "use", ...whereOf(element), block_id: block, action_id: action, value }));
  return true;
}

function confirmed(element) {
  const data = element.dataset, box = document.createElement("dialog");
  box.className = "confirm";
  box.setAttribute("aria-label", data.confirmTitle);
  const add = (parent, kind, name, words) => {
    const one = document.createElement(kind);
    one.className = name;
    one.textContent = words;
    parent.append(one);
    return one;
  };
  add(box, "h2", "", data.confirmTitle);
  add(box, "p", "text plain", data.confirmText);
  const row = add(box, "div", "window-foot", "");
  add(row, "button", "btn", data.confirmNo).onclick = () => box.close("no");
  const yes = add(row, "button", `btn ${data.confirmStyle}`, data.confirmYes);
  yes.onclick = (event) => { if (event.detail < 2) box.close("yes"); };
  document.body.append(box);
  box.showModal();
  yes.focus();
  return new Promise((done) => { box.onclose = () => { box.remove(); element.focus?.(); done(box.returnValue === "yes"); }; });
}

// ---- Menus -------------------------------------------------------------------------------------------------------

let openMenu = null;

function showMenu(button) {
  hideMenu();
  const menu = $(".menu", button.parentElement), box = button.getBoundingClientRect();
  menu.hidden = false;
  button.setAttribute("aria-expanded", "true");
  const left = Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8));
  const below = box.bottom + 4 + menu.offsetHeight < innerHeight;
  menu.style.left = `${left}px`;
  menu.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - menu.offsetHeight - 4)}px`;
  openMenu = { button, menu };
  $("[role=menuitem]", menu)?.focus();
}

function hideMenu(back = false) {
  if (!openMenu) return;
  openMenu.menu.hidden = true;
  openMenu.button.setAttribute("aria-expanded", "false");
  if (back) openMenu.button.focus();
  openMenu = null;
}

function menuKey(event) {
  const items = $$("[role=menuitem]", openMenu.menu), at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") { hideMenu(true); event.preventDefault(); event.stopPropagation(); }
  else if (to !== undefined) { items[to % items.length].focus(); event.preventDefault(); }
}

// ---- Tables ------------------------------------------------------------------------------------------------------

const tables = new Map();

const keyOf = (table) => {
  const holder = table.closest(".post, [data-view]");
  return `${sideOf(table)} ${holder?.id || holder?.dataset.view} ${$$(".data-table", holder).indexOf(table)}`;
};

function dressTable(table) {
  const state = tables.get(keyOf(table)) ?? { page: 0, column: -1, down: false };
  tables.set(keyOf(table), state);
  const body = $("tbody", table), rows = [...body.rows], size = Number(table.dataset.pages);
  const value = (row) => row.cells[state.column]?.dataset.number ?? row.cells[state.column]?.textContent ?? "";
  const inOrder = (a, b) => Number(a.dataset.order) - Number(b.dataset.order);
  const numbers = state.column >= 0 && rows.every((row) => row.cells[state.column].dataset.number !== undefined);
  const sorted = state.column < 0 ? rows.sort(inOrder) : rows.sort((a, b) =>
    (numbers ? value(a) - value(b) : value(a).localeCompare(value(b))) * (state.down ? -1 : 1) || inOrder(a, b));
  const pages = Math.ceil(rows.length / size);
  state.page = Math.min(Math.max(state.page, 0), pages - 1);
  sorted.forEach((row, index) => { body.append(row); row.hidden = Math.floor(index / size) !== state.page; });
  $$("th[scope=col]", table).forEach((th, index) =>
    th.setAttribute("aria-sort", index !== state.column ? "none" : state.down ? "descending" : "ascending"));
  $(".pager", table).hidden = pages < 2;
  $("[data-page-words]", table).textContent =
    `${state.page * size + 1}–${Math.min(rows.length, state.page * size + size)} of ${rows.length}`;
  $("[data-page='-1']", table).disabled = state.page === 0;
  $("[data-page='1']", table).disabled = state.page === pages - 1;
}

function turnPage(button) {
  const table = button.closest(".data-table");
  tables.get(keyOf(table)).page += Number(button.dataset.page);
  dressTable(table);
}

function sortBy(button) {
  const table = button.closest(".data-table"), state = tables.get(keyOf(table)), column = Number(button.dataset.sort);
  state.down = state.column === column && !state.down;
  state.column = column;
  state.page = 0;
  dressTable(table);
}

function dress(root) { $$(".data-table", root).forEach(dressTable); }

// ---- Who sits where ----------------------------------------------------------------------------------------------

function sit(side, user, place, push = true) {
  const root = pane(side);
  hideMenu();
  root.dataset.user = user;
  root.dataset.place = place;
  root.classList.remove("listing");
  if (push) history.pushState(null, "", `/?${query()}`);
  connect();
  if (place === "home" || place === "messages") act(side, { act: "visit", place });
}

function fromAddress() {
  const asked = new URLSearchParams(location.search);
  for (const side of SIDES) {
    const [user, place] = (asked.get(side) ?? "").split(":");
    if (user && place) Object.assign(pane(side).dataset, { user, place });
  }
  connect();
}

const shown = (side) => (document.body.dataset.side ?? "left") === side || innerWidth > 820;

function showSide(side) {
  document.body.dataset.side = side;
  for (const one of $$("[data-show]")) one.setAttribute("aria-pressed", String(one.dataset.show === side));
  $(`[data-show=${side}]`).classList.remove("news");
}

function nameSides() {
  for (const one of $$("[data-show]"))
    one.textContent = $(".who select option:checked", pane(one.dataset.show))?.textContent ?? one.dataset.show;
}

// ---- The composer ------------------------------------------------------------------------------------------------

const boxOf = (area) => $(".commands", area.form);
const offered = (area) => $$("[role=option]", boxOf(area)).filter((one) => !one.hidden);

function offer(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 160)}px`;
  area.style.overflowY = area.scrollHeight > 160 ? "auto" : "hidden";
  const [name, ...rest] = area.value.split(" "), slash = name.startsWith("/"), whole = rest.length > 0;
  for (const one of $$("[role=option]", boxOf(area)))
    one.hidden = !(slash && (whole ? one.dataset.command === name : one.dataset.command.startsWith(name)));
  const any = offered(area).length > 0;
  boxOf(area).hidden = !any;
  area.setAttribute("aria-expanded", String(any));
  choose(area, any && !whole ? 0 : -1);
}

function choose(area, index) {
  const all = offered(area);
  all.forEach((one, place) => one.setAttribute("aria-selected", String(place === index)));
  if (all[index]) area.setAttribute("aria-activedescendant", all[index].id); else area.removeAttribute("aria-activedescendant");
}

const chosen = (area) => offered(area).find((one) => one.getAttribute("aria-selected") === "true");

function complete(area, option) { area.value = `${option.dataset.command} `; area.focus(); offer(area); }

async function send(form) {
  const area = $("textarea", form), text = area.value.trim();
  if (!text) return;
  area.value = "";
  offer(area);
  const told = await act(sideOf(form), { act: "send", channel: form.dataset.channel, text });
  if (!told.ok && !area.value) { area.value = text; offer(area); }
}

function composerKey(event, area) {
  const open = !boxOf(area).hidden, option = open && chosen(area), all = offered(area);
  if (open && option && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    choose(area, (all.indexOf(option) + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length);
  } else if (option && event.key === "Tab" && !event.shiftKey) complete(area, option);
  else if (option && event.key === "Enter" && option.dataset.command !== area.value.trim()) complete(area, option);
  else if (open && event.key === "Escape") { boxOf(area).hidden = true; choose(area, -1); }
  else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(area.form);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// ---- Windows -----------------------------------------------------------------------------------------------------

const typing = new Map();

function keepTyped(window_) {
  clearTimeout(typing.get(window_));
  typing.set(window_, setTimeout(() => flush(window_), 250));
}

function flush(window_, leaving = false) {
  if (!typing.has(window_)) return;
  clearTimeout(typing.get(window_));
  typing.delete(window_);
  const side = sideOf(window_);
  if (!side) return;
  const what = { act: "fill", view: window_.dataset.view, fields: fieldsOf(window_) };
  if (!leaving) act(side, what);
  else navigator.sendBeacon("/act", new Blob([JSON.stringify({ user: pane(side).dataset.user, ...what })], { type: "application/json" }));
}

function submit(window_) {
  const side = sideOf(window_), button = $("[data-submit]", window_);
  if (!button) return;
  clearTimeout(typing.get(window_));
  typing.delete(window_);
  pane(side).dataset.submitted = "1";
  once(button, () => act(side, { act: "submit", view: window_.dataset.view, fields: fieldsOf(window_) }));
}

function close(window_, everything = false) {
  once(window_, () => act(sideOf(window_), { act: "close", view: window_.dataset.view, everything }));
}

// ---- The rail ----------------------------------------------------------------------------------------------------

const pace = () => (calm.matches ? 0.1 : 1);
let running = false;

async function found(look, seconds = 8) {
  for (let tries = 0; tries < seconds * 20; tries++) {
    const one = look();
    if (one) return one;
    await sleep(50);
  }
  throw new Error("it did not appear");
}

const wordsOf = (element) => (element.innerText || element.textContent).trim();
const says = (words) => (element) => wordsOf(element) === words || element.getAttribute("aria-label") === words;
const stageOf = (side) => $(".window", pane(side)) ?? pane(side);
const inside = (side, selector, words) => () =>
  $$(selector, stageOf(side)).filter((one) => says(words)(one) && one.offsetParent !== null && !one.dataset.busy).at(-1);

async function press(element, does = () => element.click()) {
  element.scrollIntoView({ block: "nearest" });
  element.classList.add("pressing");
  await sleep(550 * pace());
  element.classList.remove("pressing");
  await does();
  await sleep(350 * pace());
}

async function typeSlowly(area, words) {
  area.focus();
  area.value = "";
  for (const letter of words) {
    area.value += letter;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    await sleep(45 * pace());
  }
  await sleep(350 * pace());
}

async function chooseFrom(side, menu, option) {
  const name = menu === "⋯" ? "More actions" : menu;
  const owner = await found(inside(side, "select[data-action], [data-opens-menu], .several", name));
  if (owner.matches(".several")) { await tick(owner, option); return; }
  if (owner.matches("select")) {
    owner.value = [...owner.options].find((one) => one.text.trim() === option).value;
    owner.dispatchEvent(new Event("change", { bubbles: true }));
    return;
  }
  await press(owner);
  await press(await found(() => openMenu && $$("[role=menuitem]", openMenu.menu).find((one) => wordsOf(one).startsWith(option))));
}

// A list of which several can be chosen is opened, and what is not ticked yet is ticked.
async function tick(list, option) {
  list.open = true;
  const choice = await found(() => $$("label.choice", list).find((one) => wordsOf(one) === option));
  choice.scrollIntoView({ block: "nearest" });
  if (!$("input", choice).checked) await press($("input", choice));
}

// What was typed is answered by a message that was not there before; an older one with the same words is no answer.
const asked = { left: null, right: null };
const newest = (side) => $$(".post", pane(side)).at(-1);
function answerOf(side) {
  const front = $(".window", pane(side));
  if (front || asked[side] === null) return front ?? pane(side);
  const post = newest(side);
  return post && post.dataset.ts !== asked[side] ? post : null;
}

// Somebody who comes may not be where the one before them was: then they are elsewhere.
async function goTo(side, user, place, isSure = true) {
  if (pane(side).dataset.user === user && pane(side).dataset.place === place) return;
  sit(side, user, place);
  const there = `talk-${side}-${user}-${isSure ? place : ""}`;
  await found(() => { const id = $(".talk", pane(side))?.id ?? ""; return isSure ? id === there : id.startsWith(there); });
  await sleep(500 * pace());
}

const DOES = {
  as: async (side, user) => goTo(side, user, pane(side).dataset.place, false),
  open: async (side, place) => goTo(side, pane(side).dataset.user, place),
  type: async (side, words) => {
    const left = $(".window [data-close=all]", pane(side));
    if (left) { await press(left); await found(() => !$(".window", pane(side))); }
    const area = await found(() => $(".composer textarea", pane(side)));
    await typeSlowly(area, words);
    asked[side] = newest(side)?.dataset.ts ?? "";
    await send(area.form);
  },
  press: async (side, label, may) => {
    const button = await found(inside(side, "button, a.btn", label), may ? 4 : 8).catch((problem) => { if (!may) throw problem; });
    if (button) await press(button);
  },
  choose: chooseFrom,
  fill: async (side, label, words) => {
    const field = await found(inside(side, ".field", label));
    await typeSlowly(field, words);
  },
  cut: async (side, label, words) => {
    const field = await found(inside(side, ".field", label)), at = field.value.indexOf(words);
    if (at < 0) return;
    field.focus();
    field.setSelectionRange(at, at + words.length);
    await sleep(900 * pace());
    field.setRangeText("");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await sleep(350 * pace());
  },
  shortcut: async (side, name) => {
    await press(await found(() => $(".pane-head [data-opens-menu]", pane(side))));
    await press(await found(() => openMenu && $$("[role=menuitem]", openMenu.menu).find((one) => wordsOf(one).startsWith(name))));
  },
  share: async (side, text, name) => {
    const post = await found(() => $$(".post", pane(side)).filter((one) => one.textContent.includes(text)).at(-1));
    await press($(".hover-menu [data-opens-menu]", post));
    await press(await found(() => openMenu && $$("[role=menuitem]", openMenu.menu).find((one) => wordsOf(one).startsWith(name))));
  },
  close: async (side) => press(await found(() => $(".window-foot [data-close]", pane(side)))),
  clock: async (id) => press(await found(() => $(`[data-clock="${CSS.escape(id)}"]`)), () => act("", { act: "clock", id })),
  switch: async (id, to) => {
    const one = await found(() => $(`[data-switch="${CSS.escape(id)}"]`));
    const stands = () => $(`[data-switch="${CSS.escape(id)}"]`)?.getAttribute("aria-checked");
    const wanted = to ? String(to === "on") : String(stands() !== "true");
    if (stands() === wanted) return;
    await press(one);
    await found(() => stands() === wanted);
  },
  wait: async (side, text) => found(() => answerOf(side)?.textContent.includes(text)),
  show: async (side, text) => {
    const last = await found(() => $$(".b", stageOf(side)).filter((one) => one.textContent.includes(text)).at(-1));
    const box = last.closest(".scroll, .window-body");
    box.scrollTop += last.getBoundingClientRect().top - box.getBoundingClientRect().top - 40;
    await sleep(350 * pace());
  },
  run: async (verb) => showTerminal(verb, (await act("", { act: "run", id: verb })).said),
};

function showTerminal(verb, printed) {
  const box = document.createElement("dialog"), add = (kind, words) => box.appendChild(Object.assign(document.createElement(kind), { textContent: words }));
  box.className = "terminal";
  add("h2", `$ worthwhile ${verb}`);
  add("pre", printed).tabIndex = 0;
  const row = add("div", "");
  row.className = "window-foot";
  const button = row.appendChild(Object.assign(document.createElement("button"), { className: "btn", textContent: "Close", onclick: () => box.close() }));
  box.onclose = () => box.remove();
  document.body.append(box);
  box.showModal();
  button.focus();
}

const spoken = ([kind, ...rest]) => `${SIDES.includes(rest[0]) ? `${rest[0] === "left" ? "Left" : "Right"}: ` : ""}${kind} ${rest.filter((one) => !SIDES.includes(one)).join(" › ")}`;

async function runStep(button) {
  if (running) return;
  running = true;
  const rail = button.closest(".rail"), doing = $(".doing", rail), index = $$(".step", rail).indexOf(button);
  $$(".step.last", rail).forEach((one) => one.classList.remove("last"));
  button.classList.remove("done", "failed");
  button.classList.add("now", "last");
  button.scrollIntoView({ block: "nearest" });
  rail.classList.add("running");
  if (innerWidth <= 820) $("details", rail).open = false;  // what it does is worth more room than the list
  try {
    for (const [kind, ...rest] of JSON.parse(button.dataset.acts)) {
      if (SIDES.includes(rest[0]) && innerWidth <= 820) showSide(rest[0]);
      doing.textContent = spoken([kind, ...rest]);
      if (kind !== "wait" && SIDES.includes(rest[0])) asked[rest[0]] = null;
      await DOES[kind](...rest);
    }
    button.classList.add("done");
    sessionStorage.setItem(`step ${document.body.dataset.run} ${index}`, "1");
    doing.textContent = "";
  } catch (problem) {
    button.classList.add("failed");
    doing.textContent = `Stopped at "${doing.textContent}": ${problem.message}. Press the step to try again.`;
  }
  button.classList.remove("now");
  rail.classList.remove("running");
  running = false;
}

function rememberSteps() {
  $$(".step").forEach((button, index) => {
    if (sessionStorage.getItem(`step ${document.body.dataset.run} ${index}`)) button.classList.add("done");
  });
}

// ---- What people do ----------------------------------------------------------------------------------------------

const PRESSED = [
  ["[data-opens-menu]", (one) => (openMenu?.button === one ? hideMenu(true) : showMenu(one))],
  ["[data-shortcut]", (one) => { const side = sideOf(one); hideMenu(true); act(side, { act: "shortcut", id: one.dataset.shortcut }); }],
  ["[data-share]", (one) => { const side = sideOf(one), where = whereOf(one); hideMenu(true); act(side, { act: "share", id: one.dataset.share, ...where }); }],
  ["[data-command]", (one) => complete($("textarea", one.closest("form")), one)],
  ["[data-page]", turnPage],
  ["[data-sort]", sortBy],
  ["[data-list]", (one) => pane(sideOf(one)).classList.toggle("listing")],
  ["[data-place]:not(.pane)", (one) => sit(sideOf(one), pane(sideOf(one)).dataset.user, one.dataset.place)],
  ["[data-show]", (one) => showSide(one.dataset.show)],
  ["[data-close]", (one) => close(one.closest(".window"), one.dataset.close === "all")],
  ["[data-clock]", (one) => once(one, () => act("", { act: "clock", id: one.dataset.clock }))],
  ["[data-switch]", (one) => once(one, () => act("", { act: "switch", id: one.dataset.switch }))],
  [".step", runStep],
  ["button[data-action], a[data-action]", (one) => { if (one.matches("[role=menuitem]")) hideMenu(true); use(one, one.dataset.value ?? null); }],
];

document.addEventListener("click", (event) => {
  const element = event.target.closest("button, a, [data-command]");
  if (openMenu && !event.target.closest(".menu-of")) hideMenu();
  if (!element) return;
  const rule = PRESSED.find(([selector]) => element.matches(selector));
  if (!rule) return;
  // The second half of a double click may meet what the first half brought.
  if (event.detail > 1 && !element.matches("[data-page], [data-sort]")) { event.preventDefault(); return; }
  rule[1](element);
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.matches(".composer")) send(event.target);
  else if (event.target.matches(".window")) submit(event.target);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-seat]")) { sit(event.target.dataset.seat, event.target.value, pane(event.target.dataset.seat).dataset.place); return; }
  const element = event.target.closest(HOLDS);
  if (!element) return;
  const input = element.closest(".input"), window_ = element.closest(".window");
  if (window_) keepTyped(window_);
  const tells = input ? "dispatch" in input.dataset : true;
  if (tells && !element.matches("textarea, input[type=text]")) use(element, valueOf(element));
});

document.addEventListener("input", (event) => {
  if (event.target.matches(".composer textarea")) offer(event.target);
  else if (event.target.closest(".window")) keepTyped(event.target.closest(".window"));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.repeat && !event.target.matches("textarea")) { event.preventDefault(); return; }
  if (openMenu) { menuKey(event); return; }
  if (event.target.matches?.(".composer textarea")) { composerKey(event, event.target); return; }
  if (event.target.matches?.(".input[data-dispatch] input[type=text]") && event.key === "Enter") {
    event.preventDefault();
    use(event.target, event.target.value);
  }
  if (event.key === "Escape" && !$("dialog[open]")) {
    const window_ = $(".window", event.target.closest(".pane") ?? document);
    if (window_) close(window_); else pane(actedIn || "left").classList.remove("listing");
  }
  if (event.key === "Tab") keepInside(event);
  if (["ArrowLeft", "ArrowRight"].includes(event.key) && event.target.matches?.("[role=tab]")) {
    (event.target.nextElementSibling ?? event.target.previousElementSibling)?.focus();
  }
});

function keepInside(event) {
  const window_ = event.target.closest?.(".window");
  if (!window_) return;
  const all = $$("button, a[href], input, select, textarea, [tabindex='0']", window_).filter((one) => one.offsetParent && !one.disabled);
  const edge = event.shiftKey ? all[0] : all.at(-1);
  if (event.target !== edge && event.target !== window_) return;
  (event.shiftKey ? all.at(-1) : all[0]).focus();
  event.preventDefault();
}

addEventListener("focusin", (event) => { const side = event.target.closest?.(".pane")?.id; if (side) actedIn = side; });
addEventListener("scroll", (event) => { if (event.target.matches?.(".scroll, .window-body")) hideMenu(); }, true);
addEventListener("popstate", fromAddress);
addEventListener("pagehide", () => { for (const window_ of [...typing.keys()]) flush(window_, true); source?.close(); });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

history.replaceState(null, "", `/?${query()}`);
SIDES.forEach((side) => { dress(pane(side)); toEnd(pane(side)); });
nameSides();
rememberSteps();
if (innerWidth <= 820) $(".rail details")?.removeAttribute("open");
showSide("left");
for (const side of SIDES)
  if (["home", "messages"].includes(pane(side).dataset.place)) act(side, { act: "visit", place: pane(side).dataset.place });
actedIn = "";
connect();
